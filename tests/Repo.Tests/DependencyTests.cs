using System.Text.RegularExpressions;

namespace TelemetryKit.Repo.Tests;

/// <summary>
/// The allowed project references: Silo → Api → Grains, Billing, Storage → Core; the Sdk and the Dashboard depend on the server only
/// through <c>spec/</c>.
/// </summary>
public class DependencyTests
{
    // Every project of src must be listed.
    private static readonly Dictionary<string, string[]> AllowedReferences = new()
    {
        ["Core"] = [],
        ["Storage"] = ["Core"],
        ["Grains"] = ["Core"],
        ["Billing"] = ["Core"],
        ["Api"] = ["Grains", "Billing", "Storage", "Core"],
        ["Silo"] = ["Api", "Grains", "Billing", "Storage", "Core"],
        ["Dashboard"] = [],
        ["Sdk"] = [],
        ["Sdk.CommandLine"] = ["Sdk"],
        ["Sdk.Hosting"] = ["Sdk"],
        ["Sdk.Sqlite"] = ["Sdk"],
        ["Sdk.Testing"] = ["Sdk"],
        ["Sdk.Analyzers"] = [],
        ["Sdk.Analyzers.CodeFixes"] = [],
    };

    public static TheoryData<string> SourceProjects() => new(Tree.Projects.Where(p => p.StartsWith("src/", StringComparison.Ordinal)));

    [Theory, MemberData(nameof(SourceProjects))]
    public void A_project_has_only_allowed_references(string project)
    {
        var name = Tree.NameOf(project);
        Assert.True(
            AllowedReferences.TryGetValue(name, out var allowed),
            $"{project} is not listed: add it to {nameof(AllowedReferences)}.");
        var seen = Tree.References(project).Select(Tree.NameOf);
        Expect.None(seen.Except(allowed));
    }

    [Theory, MemberData(nameof(SourceProjects))]
    public void Sources_use_no_namespace_of_a_project_they_must_not_reference(string project)
    {
        var name = Tree.NameOf(project);
        string[] layers = ["Core", "Billing", "Storage", "Api", "Silo"];
        var forbidden = layers.Except(AllowedReferences[name]).Except([name]);
        var pattern = new Regex($@"\bTelemetryKit\.({string.Join('|', forbidden.Append("nothing"))})\b");
        Expect.None(Lines(project, pattern));
    }

    [Theory]
    [InlineData("Core", "Microsoft.AspNetCore|Microsoft.Data|Npgsql|Orleans|Stripe")]
    [InlineData("Storage", "Microsoft.AspNetCore|Orleans|Stripe")]
    [InlineData("Grains", "Stripe")]
    [InlineData("Billing", "Microsoft.AspNetCore|Microsoft.Data|Npgsql|Orleans")]
    [InlineData("Api", "Npgsql|Microsoft.Data.Sqlite|Orleans|Stripe")]
    [InlineData("Sdk", "Microsoft.AspNetCore|Npgsql|Newtonsoft")]
    public void A_layer_does_not_use_packages_of_another_layer(string name, string namespaces)
    {
        var pattern = new Regex($@"^\s*(global )?using (static )?({namespaces.Replace(".", "\\.", StringComparison.Ordinal)})\b");
        Expect.None(Lines($"src/{name}/{name}.csproj", pattern));
    }

    [Fact]
    public void The_sdk_depends_on_no_package_except_for_the_interface_that_net_standard_lacks()
    {
        // A package that is needed only for the build is not a dependency of the user.
        var packages = Tree.Items("src/Sdk/Sdk.csproj", "PackageReference").Where(p => (string?)p.Item.Attribute("PrivateAssets") != "all");
        Expect.None(packages.Select(p => p.Include).Except(["Microsoft.Bcl.AsyncInterfaces"]));
    }

    [Fact]
    public void Sources_reference_no_test_and_no_bench() =>
        Expect.None(Tree.Projects
            .Where(p => p.StartsWith("src/", StringComparison.Ordinal))
            .SelectMany(Tree.References)
            .Where(r => !r.StartsWith("src/", StringComparison.Ordinal)));

    [Fact]
    public void Versions_of_packages_are_in_one_file() =>
        Expect.None(Tree.Projects.SelectMany(project => Tree.Items(project, "PackageReference")
            .Where(p => p.Item.Attribute("Version") is not null || p.Item.Attribute("VersionOverride") is not null)
            .Select(p => $"{project}: {p.Include}")));

    private static IEnumerable<string> Lines(string project, Regex pattern) =>
        from file in Tree.Sources(Path.GetDirectoryName(project)!)
        from line in File.ReadLines(Path.Combine(Tree.Root, file)).Select((text, i) => (text, number: i + 1))
        where pattern.IsMatch(line.text)
        select $"{file}:{line.number}: {line.text.Trim()}";
}
