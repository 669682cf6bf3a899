namespace TelemetryKit.Api.Tests.Server;

/// <summary>Waits for what comes by itself.</summary>
public static class Eventually
{
    /// <summary>
    /// Asks until it is so. An answer counts by when it was asked for, not by when it came: a machine that is busy with something else makes answers slow and not wrong. Where
    /// the seconds are not a promise that the test holds, they are only there so that it ends.
    /// </summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what, double seconds = 120)
    {
        for (var began = TimeProvider.System.GetTimestamp(); ; await Task.Delay(20))
        {
            var asked = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
            if (await condition())
                return;
            Assert.True(asked < seconds, $"After {asked:0.0} s still not: {what}.");
        }
    }

    public static Task TrueAsync(Func<bool> condition, string what, double seconds = 120) => TrueAsync(() => Task.FromResult(condition()), what, seconds);
}
