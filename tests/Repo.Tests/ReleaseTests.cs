using System.Diagnostics;

namespace TelemetryKit.Repo.Tests;

/// <summary>The version is the one in Directory.Build.props, and the changelog has a section for it.</summary>
public class ReleaseTests
{
    [Fact]
    public void The_version_is_the_same_everywhere()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "eng/release is a script for bash.");
        var (exit, _, errors) = Release("check");
        Assert.True(exit == 0, errors);
    }

    [Fact]
    public void Notes_are_the_section_of_a_version_and_an_unknown_version_has_none()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "eng/release is a script for bash.");
        var (exit, notes, errors) = Release("notes", "1.0.0");
        Assert.True(exit == 0, errors);
        Assert.StartsWith("### Added", notes, StringComparison.Ordinal);
        Assert.DoesNotContain("\n## ", notes, StringComparison.Ordinal);
        (exit, _, errors) = Release("notes", "0.0.1");
        Assert.Equal(1, exit);
        Assert.Contains("no section for 0.0.1", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void The_tag_of_another_version_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "eng/release is a script for bash.");
        var (exit, _, errors) = Release("check", "v0.0.1");
        Assert.Equal(1, exit);
        Assert.Contains("The tag v0.0.1 is not v", errors, StringComparison.Ordinal);
    }

    private static (int ExitCode, string Output, string Errors) Release(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Tree.Root, "eng/release"), arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
