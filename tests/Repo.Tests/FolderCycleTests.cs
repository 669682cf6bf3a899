namespace TelemetryKit.Repo.Tests;

/// <summary>Inside a project, the references between folders form no cycle.</summary>
public class FolderCycleTests
{
    public static TheoryData<string> SourceProjects() => new(Tree.Projects
        .Where(p => p.StartsWith("src/", StringComparison.Ordinal))
        .Select(p => Path.GetDirectoryName(p)!.Replace('\\', '/')));

    [Theory, MemberData(nameof(SourceProjects))]
    public void Folders_form_no_cycle(string project) => Expect.None(FolderReferences.OfProject(project).Cycles());

    [Fact]
    public void References_between_folders_are_found() =>
        Assert.Contains(("Ingest", "Quotas"), FolderReferences.OfProject("src/Core").Examples.Keys);

    [Fact]
    public void A_cycle_is_reported_with_the_line_of_each_of_its_references()
    {
        const string Three = """
            namespace E.C;
            public static class Three
            {
                public static int Twice(this int n) => new E.A.One() is null ? n : 2 * n;
            }

            """;
        var cycle = Assert.Single(FolderReferences.OfSources(
            "src/Example",
            ("A/One.cs", "namespace E.A;\npublic class One\n{\n    public E.B.Two? Two;\n}\n"),
            ("B/Two.cs", "namespace E.B;\npublic class Two\n{\n}\n"),
            ("B/More.cs", "using E.C;\nnamespace E.B;\npublic class More\n{\n    public int Value => 1.Twice();\n}\n"),
            ("C/Three.cs", Three)).Cycles());

        Assert.Equal(
            """
            The folders A → B → C → A form a cycle:
              src/Example/A/One.cs:4 uses Two of src/Example/B/Two.cs:2
              src/Example/B/More.cs:5 uses Twice of src/Example/C/Three.cs:4
              src/Example/C/Three.cs:4 uses One of src/Example/A/One.cs:2
            """,
            cycle,
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void Folders_that_refer_in_one_direction_are_no_cycle() =>
        Assert.Empty(FolderReferences.OfSources(
            "src/Example",
            ("Program.cs", "namespace E;\npublic class Program\n{\n    public E.A.One? One;\n}\n"),
            ("A/One.cs", "namespace E.A;\n/// <summary>See <see cref=\"E.Program\"/>.</summary>\npublic class One\n{\n}\n")).Cycles());
}
