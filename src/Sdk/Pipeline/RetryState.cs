using System.Globalization;
using TelemetryKit.Platform;

namespace TelemetryKit.Pipeline;

/// <summary>
/// When the next attempt to send may be made. Kept in a file, so that a tool started a hundred times does not ask a server a
/// hundred times that said "come back on Monday".
/// </summary>
internal sealed class RetryState(string? path, Clock clock)
{
    /// <summary>A quota is over with its month; a server that asks for more is mistaken.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(31);

    private bool _loaded;
    private DateTimeOffset _notBefore;
    private DateTimeOffset _decided;

    public int Failures { get; private set; }

    public DateTimeOffset NotBefore
    {
        get
        {
            if (!_loaded)
                Load();
            // Decided in the future: the clock was put back since, and the time is worth nothing.
            return _decided > clock.UtcNow + TimeSpan.FromMinutes(1) ? default : _notBefore;
        }
    }

    public void Failed(TimeSpan wait)
    {
        if (!_loaded)
            Load();
        Failures++;
        _decided = clock.UtcNow;
        _notBefore = _decided + (wait < LongestWait ? wait : LongestWait);
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
        string.Join(" ", new[] { _notBefore.ToUnixTimeMilliseconds(), _decided.ToUnixTimeMilliseconds(), Failures })));

    private void Load()
    {
        _loaded = true;
        if (path is null || PrivateFiles.TryReadAllText(path) is not { } text)
            return;
        var parts = text.Split(' ');
        if (parts.Length != 3 || !TryTime(parts[0], out var notBefore) || !TryTime(parts[1], out var decided)
            || !int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var failures))
            return;
        if (notBefore > decided + LongestWait)
            return;
        _notBefore = notBefore;
        _decided = decided;
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
            // Then only this process knows, which is enough to wait.
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
