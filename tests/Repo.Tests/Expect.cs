namespace TelemetryKit.Repo.Tests;

/// <summary>A rule is a list of what breaks it, and the list is empty.</summary>
internal static class Expect
{
    public static void None(IEnumerable<string> breaches)
    {
        var list = breaches.ToList();
        Assert.True(list.Count == 0, string.Join('\n', list));
    }
}
