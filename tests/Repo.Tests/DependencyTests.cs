using System.Text.RegularExpressions;

namespace TelemetryKit.Repo.Tests;

/// <summary>Who may see whom: Silo → Api → Storage → Core; the Sdk and the Dashboard meet the server only through <c>spec/</c>.</summary>
public class DependencyTests
{
    // A project of src that isn't here has no place yet: give it one.
    private static readonly Dictionary<string, string[]> MaySee = new()
    {
        ["Core"] = [],
        ["Storage"] = ["Core"],
        ["Grains"] = ["Core"],
        ["Api"] = ["Grains", "Storage", "Core"],
        ["Silo"] = ["Api", "Grains", "Storage", "Core"],
        ["Dashboard"] = [],
        ["Sdk"] = [],
        ["Sdk.CommandLine"] = ["Sdk"],
        ["Sdk.Hosting"] = ["Sdk"],
        ["Sdk.Sqlite"] = ["Sdk"],
        ["Sdk.Analyzers"] = [],
        ["Sdk.Analyzers.CodeFixes"] = [],
    };

    public static TheoryData<string> SourceProjects() => new(Tree.Projects.Where(p => p.StartsWith("src/", StringComparison.Ordinal)));

    [Theory, MemberData(nameof(SourceProjects))]
    public void A_project_references_only_what_it_may_see(string project)
    {
        var name = Tree.NameOf(project);
        Assert.True(MaySee.TryGetValue(name, out var may), $"{project} has no place in the layering: add it to {nameof(MaySee)}.");
        var seen = Tree.References(project).Select(Tree.NameOf);
        Expect.None(seen.Except(may));
    }

    [Theory, MemberData(nameof(SourceProjects))]
    public void Sources_name_no_namespace_of_a_project_they_may_not_see(string project)
    {
        var name = Tree.NameOf(project);
        var forbidden = MaySee.Keys.Where(n => n is "Core" or "Storage" or "Api" or "Silo").Except(MaySee[name]).Except([name]).ToArray();
        var pattern = new Regex($@"\bTelemetryKit\.({string.Join('|', forbidden.Append("nothing"))})\b");
        Expect.None(Lines(project, pattern));
    }

    [Theory]
    [InlineData("Core", "Microsoft.AspNetCore|Microsoft.Data|Npgsql|Orleans")]
    [InlineData("Storage", "Microsoft.AspNetCore|Orleans")]
    [InlineData("Api", "Npgsql|Microsoft.Data.Sqlite|Orleans")]
    [InlineData("Sdk", "Microsoft.AspNetCore|Npgsql|Newtonsoft")]
    public void A_layer_does_not_know_what_belongs_to_another(string name, string namespaces)
    {
        var pattern = new Regex($@"^\s*(global )?using (static )?({namespaces.Replace(".", "\\.", StringComparison.Ordinal)})\b");
        Expect.None(Lines($"src/{name}/{name}.csproj", pattern));
    }

    [Fact]
    public void The_sdk_depends_on_no_package()
    {
        // What a build needs and a user of the package never sees is no dependency.
        var packages = Tree.Items("src/Sdk/Sdk.csproj", "PackageReference").Where(p => (string?)p.Item.Attribute("PrivateAssets") != "all");
        Expect.None(packages.Select(p => p.Include));
    }

    [Fact]
    public void Sources_reference_no_test_and_no_bench() =>
        Expect.None(Tree.Projects
            .Where(p => p.StartsWith("src/", StringComparison.Ordinal))
            .SelectMany(Tree.References)
            .Where(r => !r.StartsWith("src/", StringComparison.Ordinal)));

    [Fact]
    public void Versions_of_packages_stand_in_one_file() =>
        Expect.None(Tree.Projects.SelectMany(project => Tree.Items(project, "PackageReference")
            .Where(p => p.Item.Attribute("Version") is not null || p.Item.Attribute("VersionOverride") is not null)
            .Select(p => $"{project}: {p.Include}")));

    private static IEnumerable<string> Lines(string project, Regex pattern) =>
        from file in Tree.Sources(Path.GetDirectoryName(project)!)
        from line in File.ReadLines(Path.Combine(Tree.Root, file)).Select((text, i) => (text, number: i + 1))
        where pattern.IsMatch(line.text)
        select $"{file}:{line.number}: {line.text.Trim()}";
}
