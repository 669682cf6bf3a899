using System.Text.Json;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using TelemetryKit.Core.Tests.Privacy;
using TelemetryKit.Privacy;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

public sealed class ScrubberTests
{
    public static IEnumerable<TheoryDataRow<string, string, string>> Vectors() =>
        Spec("vectors/scrubbing.json").EnumerateArray().Select(vector => new TheoryDataRow<string, string, string>(
            vector.GetProperty("name").GetString()!,
            vector.GetProperty("input").GetString()!,
            vector.GetProperty("expected").GetString()!));

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Texts_are_scrubbed_according_to_the_specification(string name, string input, string expected)
    {
        Assert.NotNull(name);
        Assert.Equal(expected, Scrubber.Scrub(input));
    }

    [Fact]
    public void The_patterns_are_those_of_the_specification()
    {
        var expected = Spec("scrubbing.json").GetProperty("patterns").EnumerateArray().Select(pattern => (
            pattern.GetProperty("name").GetString()!,
            pattern.GetProperty("replacement").GetString()!,
            pattern.GetProperty("regex").GetString()!,
            Text(pattern, "not_before"),
            Text(pattern, "not_after"),
            Text(pattern, "check")?.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant(),
            pattern.TryGetProperty("ignore_case", out _)));
        var actual = ScrubbingPatterns.Create().Select(pattern =>
            (pattern.Name, pattern.Replacement, pattern.Regex, pattern.NotBefore, pattern.NotAfter,
                pattern.Check?.Method.Name.ToUpperInvariant(), pattern.IgnoresCase));
        Assert.Equal(expected, actual);
    }

    // The tests of the server compare its scrubber with the same regexes on the same texts.
    [Fact]
    public void The_scrubber_equals_the_regexes_on_confusing_texts()
    {
        var (reference, texts) = (new ReferenceScrubber(), new ConfusingTexts(seed: 20_261_130));
        for (var i = 0; i < 10_000; i++)
        {
            var text = texts.Next();
            var (scrubbed, expected) = (Scrubber.Scrub(text), reference.Scrub(text));
            Assert.True(expected == scrubbed, $"{text}\n scrubber: {scrubbed}\n regexes: {expected}");
        }
    }

    [Fact]
    public void The_words_are_those_of_the_specification()
    {
        var expected = Spec("scrubbing.json").GetProperty("words").EnumerateObject().Select(
            list => $"{list.Name}: {string.Join(' ', list.Value.EnumerateArray().Select(word => word.GetString()))}");
        Assert.Equal(expected, Checks.WordLists.Select(list => $"{list.Name}: {string.Join(' ', list.Words)}"));
    }

    [Fact]
    public void The_names_of_secrets_are_those_of_the_specification()
    {
        var (keys, words, textsOnly) = (SecretKeys("regex"), SecretKeys("words"), SecretKeys("texts_only"));
        var pieces = Gen.Elements(
            "pass", "word", "wort", "wd", "Phrase", "pwd", "api", "ACCESS", "account", "private", "secret", "signing", "shared",
            "encryption", "auth", "master", "client", "webhook", "_", "-", "key", "Key", "token", "s", "a", "é", "pin", "OTP", "sig", "jwt",
            "cookie", "session", "credential", "mot", "de", "passe", " ", "contraseña", "CONTRASEÑA", "senha", "hasło", "Пароль",
            "ПАРОЛЬ", "密码", "パスワード", "Kennwort");
        var names = pieces.ArrayOf().Select(parts => string.Concat(parts));
        Prop.ForAll(names.ToArbitrary(), name =>
        {
            var isSecret = keys.IsMatch(name) || words.IsMatch(name);
            return SecretNames.HasSecretTexts(name) == isSecret
                && SecretNames.HasSecretNumbers(name) == (isSecret && !textsOnly.IsMatch(name));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000).WithEndSize(6));
    }

    // Only the case of ASCII letters is ignored.
    private static Regex SecretKeys(string name) => new(
        Regex.Replace(
            Spec("scrubbing.json").GetProperty("secret_keys").GetProperty(name).GetString()!, @"[^\x00-\x7f]", "(?-i:$0)") + "\\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    [Theory]
    [InlineData("held-out", 0.9)]
    [InlineData("held-out-2", 0.75)]
    [InlineData("hostile", 1)]
    public void The_recall_on_hostile_values_is_at_least_the_bound(string file, double bound)
    {
        var corpus = Corpus(file);
        var missed = corpus.Missed(Scrubber.Scrub);
        TestContext.Current.TestOutputHelper!.WriteLine($"{corpus.Recall(Scrubber.Scrub)}\n{string.Join('\n', missed)}");
        Assert.True(missed.Length <= (1 - bound) * corpus.Count, string.Join('\n', missed));
    }

    [Theory]
    [InlineData("ordinary", 1)]
    [InlineData("ordinary-2", 0.86)]
    public void The_precision_on_ordinary_values_is_at_least_the_bound(string file, double bound)
    {
        var corpus = Corpus(file);
        var changed = corpus.Changed(Scrubber.Scrub);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"precision: {corpus.Count - changed.Length} of {corpus.Count} unchanged\n{string.Join('\n', changed)}");
        Assert.True(changed.Length <= (1 - bound) * corpus.Count, string.Join('\n', changed));
    }

    [Fact]
    public void A_text_that_the_fast_path_accepts_matches_no_pattern()
    {
        var pieces = Gen.Elements(
            "a", "Z", "0", "7", "12", ".", "-", "--", "_", " ", "bearer ", "eyJ", "ghp_", "tk_live_", "AKIA", "password", "ab-cd", "06 12",
            "1.2", "001b.4411.3ab7", "212.555.0123", "v192.168.10.20", "0044 20 7946 0958", "-u a", "machine ", "login ",
            "mysql ", "mariadb", "-p", "version ", "127.0.0.1", "git", "mot de passe");
        var texts = pieces.ArrayOf().Select(parts => string.Concat(parts));
        Prop.ForAll(texts.ToArbitrary(), text => !Scrubber.IsHarmless(text) || Scrubber.ScrubWithoutFastPath(text) == text)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000).WithEndSize(40));
    }

    [Fact]
    public void Scrubbing_is_idempotent()
    {
        var pieces = Gen.Elements(
            "/home/", "alice", "@", "example.com", " ", "token=", "Bearer ", "4111 1111 1111 1111", "10.0.0.1", "::", "f", "+49 ",
            "1701234567", ":", "~bob/", "https://", "[", "]", "\"", "é", "q7Zt1XbV9mKp3RwY5sLd8GhJ2fNc6TaE", "-----BEGIN A-----",
            "C:\\Users\\", "%40", "＠", "\u200b", "\u00a0", "١", "\\\\srv\\home\\", "/users/", "/root", " Ada", "password: ", " => ",
            "\\\"", "-u ada:hunter2", "?sig=", "SG.", "hooks.slack.com/services/", "Cookie: a=", "authorization: ", "_192.168.1.1",
            "0044 20 7946 0958", "4.111111111111111e15", "001b.4411.3ab7", "<", ">", "</", "\\u0040", "&#64;",
            "version ", "machine h login u password ", "mysql -p", "C:\\Benutzer\\", "//wsl$/u/home/", "пароль=", "$A", "?", "::1");
        var texts = pieces.ArrayOf().Select(parts => string.Concat(parts));
        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            var once = Scrubber.Scrub(text);
            return Scrubber.Scrub(once) == once;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    [Fact]
    public void A_version_of_four_numbers_is_not_an_address()
    {
        Assert.Equal("10.0.0.1", Scrubber.ScrubVersion("10.0.0.1"));
        Assert.Equal("[ip]", Scrubber.Scrub("10.0.0.1"));
    }

    // A pattern that backtracks without bound would take longer than any machine needs.
    [Fact]
    public void Scrubbing_a_long_text_ends()
    {
        var text = string.Concat(Enumerable.Repeat("aaaaaaaa.bbbb-cc:dd/home/x@", 200));
        var started = System.Diagnostics.Stopwatch.StartNew();
        Scrubber.Scrub(text);
        Assert.True(started.Elapsed < TimeSpan.FromMinutes(1), $"A text of {text.Length} characters took {started.Elapsed}");
    }

    private static ScrubbingCorpus Corpus(string file) =>
        new(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "spec", "corpus", file + ".json")));

    private static string? Text(JsonElement pattern, string name) =>
        pattern.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement Spec(string file) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "spec", file))).RootElement;
}
