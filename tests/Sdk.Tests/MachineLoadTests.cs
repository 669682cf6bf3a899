using System.Text;
using TelemetryKit.Platform;

namespace TelemetryKit.Sdk.Tests;

/// <summary>The load by which an exit that waits for its turn is told apart from one that waits for a disk.</summary>
public sealed class MachineLoadTests
{
    [Theory]
    [InlineData("0.20 0.18 0.12 1/80 11206\n", false)]
    [InlineData("8.00 0.18 0.12 8/80 11206\n", false)]
    [InlineData("208.71 128.45 72.89 3/900 11206\n", true)]
    [InlineData("0.71 0.45 0.89 150/900 11206\n", true)]
    [InlineData("", false)]
    [InlineData("208.71", false)]
    [InlineData("a b c d/e f", false)]
    public void The_load_is_high_if_there_are_far_more_tasks_than_processors(string averages, bool isHigh) =>
        Assert.Equal(isHigh, MachineLoad.IsHigh(Encoding.ASCII.GetBytes(averages), processors: 2));

    [Fact]
    public void The_load_is_not_known_on_every_system() => Assert.False(MachineLoad.IsHigh(null, 2));
}
