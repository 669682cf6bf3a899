using Microsoft.Extensions.Configuration;
using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Tests.Accounts;

public class AccountSettingsTests
{
    [Fact]
    public void Without_settings_the_server_is_self_hosted()
    {
        var (settings, faults) = Read();
        Assert.Empty(faults);
        Assert.False(settings.Hosted);
        Assert.Null(settings.Smtp);
        Assert.Null(settings.OperatorToken);
        Assert.Null(settings.Github);
    }

    [Theory]
    [InlineData("TELEMETRYKIT_HOSTED", "yes")]
    [InlineData("TELEMETRYKIT_HOSTED", "true")] // without a public address
    [InlineData("TELEMETRYKIT_PUBLIC_URL", "telemetry.example.org")]
    [InlineData("TELEMETRYKIT_PUBLIC_URL", "ftp://telemetry.example.org")]
    [InlineData("TELEMETRYKIT_SMTP", "mail.example.org:25")]
    [InlineData("TELEMETRYKIT_MAIL_FROM", "nobody")]
    [InlineData("TELEMETRYKIT_OPERATOR_TOKEN", "short")]
    [InlineData("TELEMETRYKIT_GITHUB_CLIENT_ID", "alone")]
    public void A_wrong_setting_is_named_and_its_value_is_not_repeated_where_it_is_secret(string name, string value)
    {
        var fault = Assert.Single(Read((name, value)).Faults);
        Assert.Contains(name, fault);
        if (name.EndsWith("TOKEN", StringComparison.Ordinal))
            Assert.DoesNotContain($" {value} ", fault.Replace("shorter", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://example.org/telemetry")]
    [InlineData("https://example.org/telemetry/")]
    [InlineData("http://localhost:5080/a/b")]
    public void A_public_address_with_a_path_is_refused(string url)
    {
        var (settings, faults) = Read(("TELEMETRYKIT_PUBLIC_URL", url));
        Assert.Contains("TELEMETRYKIT_PUBLIC_URL has a path", Assert.Single(faults));
        Assert.Null(settings.PublicUrl);
    }

    [Theory]
    [InlineData("https://telemetry.example.org")]
    [InlineData("https://telemetry.example.org/")]
    [InlineData("http://localhost:5080")]
    public void A_public_address_is_the_root_of_a_host(string url)
    {
        var (settings, faults) = Read(("TELEMETRYKIT_PUBLIC_URL", url));
        Assert.Empty(faults);
        Assert.Equal("/", settings.PublicUrl!.AbsolutePath);
    }

    [Fact]
    public void An_invalid_public_address_is_reported_once()
    {
        (string, string)[] settings =
        [
            ("TELEMETRYKIT_HOSTED", "true"), ("TELEMETRYKIT_GITHUB_CLIENT_ID", "id"), ("TELEMETRYKIT_GITHUB_CLIENT_SECRET", "secret"),
            ("TELEMETRYKIT_PUBLIC_URL", "telemetry.example.org"),
        ];
        Assert.Contains("TELEMETRYKIT_PUBLIC_URL is not a URL", Assert.Single(Read(settings).Faults));
    }

    [Fact]
    public void Sign_in_through_github_requires_the_address_that_it_comes_back_to()
    {
        (string, string)[] app = [("TELEMETRYKIT_GITHUB_CLIENT_ID", "id"), ("TELEMETRYKIT_GITHUB_CLIENT_SECRET", "secret")];
        Assert.Contains("TELEMETRYKIT_PUBLIC_URL", Assert.Single(Read(app).Faults));
        Assert.Empty(Read([.. app, ("TELEMETRYKIT_PUBLIC_URL", "https://telemetry.example.org")]).Faults);
    }

    [Fact]
    public void All_faults_are_reported_at_once() =>
        Assert.Equal(
            3, Read(("TELEMETRYKIT_HOSTED", "true"), ("TELEMETRYKIT_SMTP", "x"), ("TELEMETRYKIT_OPERATOR_TOKEN", "x")).Faults.Count);

    private static (AccountSettings Settings, IReadOnlyList<string> Faults) Read(params (string Name, string Value)[] values)
    {
        var faults = new SettingFaults();
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(values.Select(v => new KeyValuePair<string, string?>(v.Name, v.Value))).Build();
        return (AccountSettings.Read(configuration, faults), faults.Sentences);
    }
}
