using System.Text.RegularExpressions;

namespace TelemetryKit.Repo.Tests;

/// <summary>The commands and links of the documents refer to existing files.</summary>
public partial class ReadmeTests
{
    public static TheoryData<string> Documents() => new(Tree.Files.Where(f => f.EndsWith(".md", StringComparison.Ordinal)));

    [Theory, MemberData(nameof(Documents))]
    public void Commands_name_projects_and_files_that_exist(string document)
    {
        var text = Tree.Read(document);
        var named = Projects().Matches(text).Select(m => m.Groups["path"].Value)
            .Concat(Scripts().Matches(text).Select(m => m.Value.Trim()));
        Expect.None(named.Where(path => !Tree.Exists(path)));
    }

    [Theory, MemberData(nameof(Documents))]
    public void Relative_links_have_existing_targets(string document)
    {
        var folder = Path.GetDirectoryName(document)!;
        var links = Links().Matches(Tree.Read(document))
            .Select(m => m.Groups["target"].Value)
            .Where(t => !t.Contains(':') && !t.StartsWith('#'));
        Expect.None(links.Where(target => !Tree.Exists(Path.Combine(folder, target.Split('#')[0]))));
    }

    [Fact]
    public void The_readme_starts_the_server_with_one_command_and_tests_it_with_another()
    {
        var readme = Tree.Read("README.md");
        Assert.Contains("dotnet run --project src/Api", readme, StringComparison.Ordinal);
        Assert.Contains(".ci/run", readme, StringComparison.Ordinal);
        Assert.Contains("curl ", readme, StringComparison.Ordinal);
    }

    [Fact]
    public void The_test_command_can_be_run()
    {
        // Windows has no mode bits; .ci/run is a script for Debian and similar systems.
        if (!OperatingSystem.IsWindows())
            Assert.True(File.GetUnixFileMode(Path.Combine(Tree.Root, ".ci/run")).HasFlag(UnixFileMode.UserExecute));
    }

    [GeneratedRegex(@"--project (?<path>[A-Za-z0-9_./-]+)|dotnet (build|test|pack|publish) (?!-)(?<path>[A-Za-z0-9_./-]+)")]
    private static partial Regex Projects();

    [GeneratedRegex(@"(?<=^|\s)\.ci/[a-z-]+", RegexOptions.Multiline)]
    private static partial Regex Scripts();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Links();
}
