namespace TelemetryKit.Repo.Tests;

/// <summary>The page about the SDK's API contains every public member, with its current documentation.</summary>
public class ApiPageTests
{
    private const string Page = "docs/sdk/api.md";

    [Fact]
    public void The_page_about_the_api_is_that_of_the_built_packages()
    {
        var actual = ApiPage.Write();
        if (Tree.Exists(Page) && Tree.Read(Page).ReplaceLineEndings("\n") == actual)
            return;
        var received = Path.Combine(AppContext.BaseDirectory, "api.received.md");
        File.WriteAllText(received, actual);
        Assert.Fail($"{Page} is out of date. To update it, copy {received}.");
    }
}
