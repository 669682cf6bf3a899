namespace TelemetryKit;

/// <summary>A key and its value. A plain struct of ours: a generic one of the framework's would have to be compiled at each start.</summary>
internal struct MetadataEntry
{
    public string Key;
    public MetadataValue Value;
}
