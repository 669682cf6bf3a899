using System.Text.RegularExpressions;

namespace TelemetryKit.Repo.Tests;

/// <summary>Content that files must not have, and their format.</summary>
public class TidinessTests
{
    [Fact]
    public void No_file_names_a_path_of_one_machine()
    {
        var pattern = new Regex("(?<![A-Za-z0-9_.*-])/(wor" + "k|roo" + "t|tmp/brie" + "f)/");
        // The scrubber's vectors and corpora and fault cases contain paths on purpose.
        Expect.None(Matches(pattern, Tree.TextFiles.Where(
            f => !f.StartsWith("spec/vectors/", StringComparison.Ordinal)
                && !f.StartsWith("spec/corpus/", StringComparison.Ordinal)
                && f != "tests/Repo.Tests/Faults/cases.json")));
    }

    [Fact]
    public void No_file_names_a_package_registry()
    {
        // The package source is a setting of the machine that builds.
        var pattern = new Regex(
            "https?://[^/\\s\"'<>)]*(nu" + "get|npm" + "js|regis" + "try|artif" + "actory|py" + "pi|crat" + "es\\.io)[^/\\s\"'<>)]*");
        Expect.None(Matches(pattern));
        Expect.None(Tree.Files.Where(f => Path.GetFileName(f).ToUpperInvariant() is "NUGET.CONFIG" or ".NPMRC"));
    }

    [Fact]
    public void Lock_files_have_no_download_addresses() =>
        Expect.None(Matches(new Regex("\"resolved\":"), Tree.Files.Where(f => Path.GetFileName(f) == "package-lock.json")));

    [Fact]
    public void The_clock_is_read_through_a_time_provider()
    {
        // The analyzer reports it as well, but it can be disabled for a whole project. The only exception has its reason in the pragma.
        var pattern = new Regex(@"\bDateTime(Offset)?\.(Utc)?Now\b");
        var files = Tree.Sources("src")
            .Where(f => !Tree.Read(f).Contains("#pragma warning disable RS0030 //", StringComparison.Ordinal));
        Expect.None(Matches(pattern, files));
    }

    [Fact]
    public void A_suppressed_warning_has_a_reason()
    {
        var pattern = new Regex(@"#pragma warning disable(?!.*//)|SuppressMessage\((?!.*Justification)");
        Expect.None(Matches(pattern, Tree.Files.Where(f => f.EndsWith(".cs", StringComparison.Ordinal))));
    }

    [Fact]
    public void No_file_has_unfinished_code()
    {
        var pattern = new Regex(@"\b(TO" + "DO|FIX" + @"ME|HA" + @"CK)\b|NotImplemented" + "Exception");
        Expect.None(Matches(pattern, Tree.Files.Where(f => f.EndsWith(".cs", StringComparison.Ordinal))));
    }

    [Fact]
    public void Most_source_files_are_short_and_none_is_long()
    {
        var files = Tree.Sources("src").Concat(Tree.Sources("tests")).Concat(Tree.Sources("bench"));
        var lengths = files.ToDictionary(f => f, f => File.ReadLines(Path.Combine(Tree.Root, f)).Count());
        Expect.None(lengths.Where(f => f.Value > 600).Select(f => $"{f.Key}: {f.Value} lines"));
        var share = lengths.Count(f => f.Value <= 200) / (double)lengths.Count;
        Assert.True(share >= 0.8, $"Only {share:P0} of the source files have at most 200 lines.");
    }

    [Fact]
    public void Source_files_end_with_one_line_feed_and_have_no_carriage_returns() =>
        Expect.None(Tree.Files.Where(f => f.EndsWith(".cs", StringComparison.Ordinal)).Where(f =>
        {
            var text = Tree.Read(f);
            return text.Contains('\r') || !text.EndsWith('\n') || text.EndsWith("\n\n", StringComparison.Ordinal);
        }));

    private static IEnumerable<string> Matches(Regex pattern, IEnumerable<string>? files = null) =>
        from file in files ?? Tree.TextFiles
        from line in Tree.Read(file).Split('\n').Select((text, i) => (text, number: i + 1))
        where pattern.IsMatch(line.text)
        select $"{file}:{line.number}: {line.text.Trim()[..Math.Min(160, line.text.Trim().Length)]}";
}
