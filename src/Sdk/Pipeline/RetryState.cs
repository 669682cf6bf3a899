using System.Globalization;
using TelemetryKit.Platform;

namespace TelemetryKit.Pipeline;

/// <summary>
/// Determines when the next attempt to send may be made. Stored in a file, so that a delay that a server requested applies to later runs as
/// well.
/// </summary>
/// <param name="path">The file, or <c>null</c> if the state applies to this process only.</param>
/// <param name="clock">The clock.</param>
/// <param name="longest">The longest delay. A stored one that is longer is ignored.</param>
internal sealed class RetryState(string? path, Clock clock, TimeSpan longest)
{
    private bool _loaded;
    private DateTimeOffset _notBefore;
    private DateTimeOffset _failedAt;

    public int Failures { get; private set; }

    public DateTimeOffset NotBefore
    {
        get
        {
            if (!_loaded)
                Load();
            // If the failure is in the future, the clock was set back since, and the time is not valid.
            return _failedAt > clock.UtcNow + TimeSpan.FromMinutes(1) ? default : _notBefore;
        }
    }

    /// <summary>
    /// Whether an attempt failed so recently that an exit should not wait for another one: for five minutes after the first failure, twice
    /// as long after each further one, and at most a day.
    /// </summary>
    public bool FailedRecently
    {
        get
        {
            if (!_loaded)
                Load();
            var age = clock.UtcNow - _failedAt;
            return Failures > 0 && age > TimeSpan.FromMinutes(-1) && age < Backoff.WithoutWaiting(Failures);
        }
    }

    public void Failed(TimeSpan delay)
    {
        if (!_loaded)
            Load();
        Failures++;
        _failedAt = clock.UtcNow;
        _notBefore = _failedAt + (delay < longest ? delay : longest);
        Save();
    }

    public void Succeeded()
    {
        if (Failures == 0)
            return;
        Failures = 0;
        _notBefore = default;
        TryIo(() => File.Delete(path!));
    }

    private void Save() => TryIo(() => PrivateFiles.WriteAllText(
        path!,
        string.Join(" ", new[] { _notBefore.ToUnixTimeMilliseconds(), _failedAt.ToUnixTimeMilliseconds(), Failures })));

    private void Load()
    {
        _loaded = true;
        if (path is null || PrivateFiles.TryReadAllText(path) is not { } text)
            return;
        var parts = text.Split(' ');
        if (parts.Length != 3 || !TryTime(parts[0], out var notBefore) || !TryTime(parts[1], out var failedAt)
            || !int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var failures))
            return;
        if (notBefore > failedAt + longest)
            return;
        _notBefore = notBefore;
        _failedAt = failedAt;
        Failures = failures;
    }

    private void TryIo(Action action)
    {
        if (path is null)
            return;
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The state applies to this process only.
        }
    }

    private static bool TryTime(string text, out DateTimeOffset time)
    {
        time = default;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            || milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
            return false;
        time = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        return true;
    }
}
