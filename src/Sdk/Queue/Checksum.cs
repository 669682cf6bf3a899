namespace TelemetryKit.Queue;

/// <summary>64-bit FNV-1a. Detects damaged lines and distinguishes batch heads.</summary>
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
