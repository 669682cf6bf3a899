namespace TelemetryKit.Api.WarmUp;

/// <summary>Lets one warm-up run: several servers in one process, as in tests, share compiled code.</summary>
internal sealed class WarmUpTurn
{
    private int _taken;

    /// <summary>The turn of this process.</summary>
    public static WarmUpTurn OfProcess { get; } = new();

    /// <summary>Returns <c>true</c> the first time.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _taken, 1) == 0;
}
