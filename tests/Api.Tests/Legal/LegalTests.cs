using System.Text;
using Microsoft.Extensions.Configuration;
using TelemetryKit.Api.Settings;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Legal;

/// <summary>The operator's own texts for visitors.</summary>
public sealed class LegalTests(SharedServer shared) : IDisposable
{
    private const string Privacy = "TELEMETRYKIT_PRIVACY_FILE";
    private const string Terms = "TELEMETRYKIT_TERMS_FILE";
    private readonly string _folder = Directory.CreateTempSubdirectory("telemetrykit-legal-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Texts_are_returned_as_they_are()
    {
        const string Text = "# Who we are\n\nÄrger & <script>alert(1)</script>";
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Args =
            [
                $"--{Privacy}", Write("privacy.md", Encoding.UTF8.GetBytes(Text + "\n")), $"--{Terms}", Write("terms.txt", "Be kind."u8),
            ],
        });
        using var response = await server.Client.GetAsync("/v1/legal/privacy");
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        var privacy = await response.JsonAsync(200);
        Assert.Equal((Text, true), ((string)privacy["text"]!, (bool)privacy["markdown"]!));
        var terms = await (await server.Client.GetAsync("/v1/legal/terms")).JsonAsync(200);
        Assert.Equal(("Be kind.", false), ((string)terms["text"]!, (bool)terms["markdown"]!));
        var options = await (await server.Client.GetAsync("/v1/auth/options")).JsonAsync(200);
        Assert.True((bool)options["has_privacy"]! && (bool)options["has_terms"]!);
        Assert.False((bool)options["sells_plans"]!);
    }

    [Fact]
    public async Task Without_them_there_is_nothing()
    {
        foreach (var path in (string[])["/v1/legal/privacy", "/v1/legal/terms"])
            Assert.Equal("not_found", (string)(await (await shared.Server.Client.GetAsync(path)).JsonAsync(404))["code"]!);
        var options = await (await shared.Server.Client.GetAsync("/v1/auth/options")).JsonAsync(200);
        Assert.False((bool)options["has_privacy"]! || (bool)options["has_terms"]!);
    }

    [Fact]
    public void A_file_that_can_not_be_shown_is_a_fault()
    {
        Assert.Contains("can't be read", FaultOf(Path.Combine(_folder, "none.md")), StringComparison.Ordinal);
        Assert.Contains("without text", FaultOf(Write("empty.md", " \n"u8)), StringComparison.Ordinal);
        Assert.Contains("not in UTF-8", FaultOf(Write("latin.txt", [0xC4, 0x72, 0x67])), StringComparison.Ordinal);
        Assert.Contains("more than 256 KB", FaultOf(Write("large.md", new byte[(256 * 1024) + 1])), StringComparison.Ordinal);
    }

    private static string FaultOf(string file)
    {
        var faults = new SettingFaults();
        LegalSettings.Read(new ConfigurationBuilder().AddInMemoryCollection([new(Terms, file)]).Build(), faults);
        var sentence = Assert.Single(faults.Sentences);
        Assert.StartsWith(Terms, sentence, StringComparison.Ordinal);
        return sentence;
    }

    private string Write(string name, ReadOnlySpan<byte> content)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllBytes(file, content);
        return file;
    }
}
