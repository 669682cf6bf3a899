namespace TelemetryKit.Core;

/// <summary>What a key may do.</summary>
public enum KeyKind : byte
{
    /// <summary><c>tk_live_…</c>: writes live events. Public by nature: it ships inside the author's tool.</summary>
    Live = 0,

    /// <summary><c>tk_test_…</c>: writes test events.</summary>
    Test = 1,

    /// <summary><c>tk_read_…</c>: reads statistics and deletes installs. Secret.</summary>
    Read = 2,
}
