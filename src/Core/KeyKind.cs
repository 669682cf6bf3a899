namespace TelemetryKit.Core;

/// <summary>The permissions of a key.</summary>
public enum KeyKind : byte
{
    /// <summary><c>tk_live_…</c>: writes live events. Not secret, because it ships inside the author's tool.</summary>
    Live = 0,

    /// <summary><c>tk_test_…</c>: writes test events.</summary>
    Test = 1,

    /// <summary><c>tk_read_…</c>: reads statistics and deletes installs. Secret.</summary>
    Read = 2,
}
