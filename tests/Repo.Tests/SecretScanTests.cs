namespace TelemetryKit.Repo.Tests;

/// <summary>No secret is committed.</summary>
public class SecretScanTests
{
    // Files with made-up secrets, and the reason. An entry without findings fails.
    private static readonly Dictionary<string, string> Allowed = new()
    {
        ["spec/corpus/"] = "invented values that must be scrubbed",
        ["tests/Support/Stripe/fixtures.json"] = "ids and texts of Stripe's published fixtures",
        ["tests/Api.Tests/Upgrades/fixtures/"] = "hashes and keys of an account that make-fixtures created",
        ["spec/vectors/"] = "tokens that must be scrubbed, and bodies in base64",
    };

    [Fact]
    public void No_file_contains_a_secret() =>
        Expect.None(Findings().Where(finding => !IsAllowed(finding.File)).Select(finding => $"{finding.File}: {finding.Format}"));

    [Fact]
    public void Exceptions_are_needed()
    {
        var files = Findings().Select(finding => finding.File).ToHashSet();
        Expect.None(Allowed.Keys.Where(prefix => !files.Any(file => file.StartsWith(prefix, StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("aws", "AKIA" + "Z7QX2M4N6P8R1T3V")]
    [InlineData("github", "ghp" + "_16C7e42F292c6912E7710c838347Ae178B4a")]
    [InlineData("gitlab", "glpat" + "-9Kx2LmQ7vR4tY8wZ1nB3")]
    [InlineData("slack", "xoxb" + "-918273645018-aQxTzWvUbR")]
    [InlineData("stripe", "sk" + "_live_4eC39HqLyjWDarjtT1zdp7dc")]
    [InlineData("google", "AIza" + "SyD9x2LmQ7vR4tY8wZ1nB3kF6hJ0pC5sUeG")]
    [InlineData("npm", "npm" + "_9Kx2LmQ7vR4tY8wZ1nB3kF6hJ0pC5sUeGaXd")]
    [InlineData("nuget", "oy2" + "a7c3e9g1i5k2m8o4q6s0u7w3y9b1d5f2h8j4l6n0pz5")]
    [InlineData("telemetrykit", "tk_pat" + "_9Kx2LmQ7vR4tY8wZ1nB3kF6hJ0pC5sUe")]
    [InlineData("jwt", "eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N")]
    [InlineData("azure", "AccountKey=" + "9Kx2LmQ7vR4tY8wZ1nB3kF6hJ0" + "pC5sUeGaXd9Kx2LmQ7vR4tY8wZ")]
    [InlineData("pem", "-----BEGIN RSA PRIVATE " + "KEY-----")]
    [InlineData("url", "postgres://kit:9Kx2LmQ7vR4t" + "@db.example.org/kit")]
    [InlineData("random", "TELEMETRYKIT_SECRET=q3Zt8N1xVb7L" + "mY2cR5pW9sKdF4hJ6gT0uEaXiQoPnB+vCzM=")]
    public void A_secret_is_found(string format, string text) =>
        Assert.Equal(format, Assert.Single(SecretScan.Find($"key: \"{text}\"")).Format);

    [Theory]
    [InlineData("tk_live_wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww")]
    [InlineData("postgres://user:password@host/database")]
    [InlineData("TelemetryKit.Api.Tests.Accounts.SecretSettingsTests.A_start_with_another_secret_ends_with_2")]
    [InlineData("https://learn.microsoft.com/dotnet/core/tools/dotnet-list-package")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public void An_ordinary_text_is_not_a_secret(string text) => Assert.Empty(SecretScan.Find(text));

    private static bool IsAllowed(string file) => Allowed.Keys.Any(prefix => file.StartsWith(prefix, StringComparison.Ordinal));

    private static IEnumerable<(string File, string Format)> Findings() =>
        Tree.TextFiles.SelectMany(file => SecretScan.Find(Tree.Read(file)).Select(finding => (file, $"{finding.Format} {finding.Secret}")));
}
