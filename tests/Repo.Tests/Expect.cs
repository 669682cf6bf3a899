namespace TelemetryKit.Repo.Tests;

/// <summary>Asserts a rule by the list of its violations.</summary>
internal static class Expect
{
    public static void None(IEnumerable<string> violations)
    {
        var list = violations.ToList();
        Assert.True(list.Count == 0, string.Join('\n', list));
    }
}
