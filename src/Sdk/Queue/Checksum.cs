namespace TelemetryKit.Queue;

/// <summary>FNV-1a of 64 bits: tells a torn or damaged line from a whole one, and one batch head from another.</summary>
internal static class Checksum
{
    public static ulong Of(byte[] bytes, int offset, int count)
    {
        var hash = 14_695_981_039_346_656_037;
        for (var i = offset; i < offset + count; i++)
            hash = unchecked((hash ^ bytes[i]) * 1_099_511_628_211);
        return hash;
    }
}
