namespace TelemetryKit.Repo.Tests;

/// <summary>The solution lists all projects and builds each in every configuration.</summary>
public class SolutionTests
{
    private static readonly string[] Lines = [.. Tree.Read("TelemetryKit.sln").Split('\n').Select(l => l.Trim())];

    public static TheoryData<string> Projects() => new(Tree.Projects);

    [Theory, MemberData(nameof(Projects))]
    public void A_project_is_in_the_solution(string project) => Assert.NotNull(IdOf(project));

    [Fact]
    public void The_solution_lists_no_missing_project() =>
        Expect.None(Lines
            .Where(l => l.StartsWith("Project(", StringComparison.Ordinal))
            .Select(l => l.Split('"')[5].Replace('\\', '/'))
            .Where(path => path.EndsWith(".csproj", StringComparison.Ordinal) && !Tree.Exists(path)));

    [Theory, MemberData(nameof(Projects))]
    public void Debug_and_release_build_a_project(string project)
    {
        var id = IdOf(project);
        foreach (var configuration in (string[])["Debug", "Release"])
        {
            Assert.Contains($"{id}.{configuration}|Any CPU.ActiveCfg = {configuration}|Any CPU", Lines);
            Assert.Contains($"{id}.{configuration}|Any CPU.Build.0 = {configuration}|Any CPU", Lines);
        }
    }

    private static string? IdOf(string project) =>
        Lines.FirstOrDefault(l => l.Contains($"\"{project.Replace('/', '\\')}\"", StringComparison.Ordinal))?.Split('"')[7];
}
