namespace TelemetryKit;

/// <summary>A key and its value. Not a generic type of the framework, because each start would have to compile its instantiation.</summary>
internal struct MetadataEntry
{
    public string Key;
    public MetadataValue Value;
}
