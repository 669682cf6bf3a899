namespace TelemetryKit.Api.Tests.Server;

/// <summary>Waits for asynchronous conditions.</summary>
public static class Eventually
{
    /// <summary>
    /// Evaluates the condition until it is true. The time-out is compared to the time at which an evaluation begins, so a slow machine
    /// doesn't fail a test. Unless the test checks a latency, the time-out only ends a failing test.
    /// </summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what, double seconds = 120)
    {
        for (var began = TimeProvider.System.GetTimestamp(); ; await Task.Delay(20))
        {
            var asked = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
            if (await condition())
                return;
            Assert.True(asked < seconds, $"The condition was still false after {asked:0.0} s: {what}.");
        }
    }

    public static Task TrueAsync(Func<bool> condition, string what, double seconds = 120) =>
        TrueAsync(() => Task.FromResult(condition()), what, seconds);
}
