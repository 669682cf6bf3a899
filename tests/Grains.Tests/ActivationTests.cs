using TelemetryKit.Core;
using TelemetryKit.Core.Rollups;

namespace TelemetryKit.Grains.Tests;

public sealed class ActivationTests
{
    [Fact]
    public async Task A_grain_runs_one_call_at_a_time()
    {
        using var activation = new Activation<Counter>(new(), TimeProvider.System);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => activation.CallAsync(c => c.IncrementAsync()))));

        Assert.Equal((true, 201), await activation.CallAsync(c => c.IncrementAsync()));
    }

    [Fact]
    public async Task After_a_call_that_throws_the_next_call_runs()
    {
        using var activation = new Activation<Counter>(new(), TimeProvider.System);

        await Assert.ThrowsAsync<InvalidOperationException>(() => activation.CallAsync<int>(_ => throw new InvalidOperationException()));

        Assert.Equal((true, 1), await activation.CallAsync(c => c.IncrementAsync()));
    }

    [Fact]
    public async Task A_closed_grain_runs_no_calls_and_a_busy_one_is_not_closed()
    {
        using var activation = new Activation<Counter>(new(), TimeProvider.System);
        var busy = new TaskCompletionSource<int>();
        var call = activation.CallAsync(_ => busy.Task);
        Assert.False(activation.TryClose());
        busy.SetResult(1);
        await call;

        Assert.True(activation.TryClose());

        Assert.Equal((false, 0), await activation.CallAsync(c => c.IncrementAsync()));
    }

    [Fact]
    public async Task The_number_of_waiting_calls_is_bounded()
    {
        using var activation = new Activation<Counter>(new(), TimeProvider.System);
        var busy = new TaskCompletionSource<int>();
        var waiting = Enumerable.Range(0, Limits.WaitingCallsPerGrain).Select(_ => activation.CallAsync(_ => busy.Task)).ToArray();

        await Assert.ThrowsAsync<ProjectOverloadedException>(() => activation.CallAsync(c => c.IncrementAsync()));

        busy.SetResult(7);
        Assert.All(await Task.WhenAll(waiting), r => Assert.Equal((true, 7), r));
    }

    private sealed class Counter
    {
        private int _value;

        public async Task<int> IncrementAsync()
        {
            var seen = _value;
            await Task.Yield();
            return _value = seen + 1;
        }
    }
}
