using TelemetryKit.Api.Settings;
using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.Settings;

/// <summary>The table of settings in docs/OPERATIONS.md. <c>TELEMETRYKIT_TEST_WRITE_SETTINGS=1</c> writes it.</summary>
public sealed class OperationsPageTests
{
    private const string Begin = "<!-- The settings of --help; a test compares them. -->\n";
    private const string End = "\n<!-- The end of the settings. -->";
    private static readonly string Page = Path.Combine(BuildOutput.Root, "docs", "OPERATIONS.md");

    [Fact]
    public void The_page_lists_the_settings_of_the_code()
    {
        var text = File.ReadAllText(Page);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        Assert.InRange(begin, Begin.Length, end);
        if (Environment.GetEnvironmentVariable("TELEMETRYKIT_TEST_WRITE_SETTINGS") == "1")
            File.WriteAllText(Page, text = $"{text[..begin]}{Table()}{text[end..]}");
        else
            Assert.Equal(Table(), text[begin..end]);
    }

    private static string Table() => string.Join(
        '\n',
        [
            "| setting | value | meaning |",
            "|---|---|---|",
            .. KnownSettings.All.Select(setting => $"| `{Name(setting)}` | {Cell(setting.Value)} | {Cell(setting.Description)} |"),
        ]);

    private static string Name(KnownSetting setting) => setting.Name == "urls" ? "--urls" : setting.Name;

    private static string Cell(string text) =>
        text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
