namespace TelemetryKit.Browser.Tests.Harness;

/// <summary>What holds for every page.</summary>
public static class PageCheck
{
    /// <summary>Asserts that the page fits in the width and has no violation of accessibility, and saves its picture.</summary>
    /// <param name="visitor">The window with the page.</param>
    /// <param name="name">The name of the picture.</param>
    public static async Task IsFineAsync(this Visitor visitor, string name)
    {
        Assert.False(await visitor.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"), "it scrolls sideways");
        await visitor.PictureAsync(name);
        await visitor.IsAccessibleAsync();
    }
}
