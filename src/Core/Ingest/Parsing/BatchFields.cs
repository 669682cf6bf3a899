using System.Text.Json;
using TelemetryKit.Core.Text;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>The known properties of a batch.</summary>
[Flags]
internal enum BatchFields : byte
{
    None = 0,
    Events = 1,
    BatchId = 2,
    ServiceName = 4,
    ServiceVersion = 8,
    Sdk = 16,
    SentAt = 32,
    Context = 64,
}

/// <summary>Names of <see cref="BatchFields"/>.</summary>
internal static class BatchField
{
    /// <summary>Returns the field of the reader's current property name, or <see cref="BatchFields.None"/> for any other name.</summary>
    public static BatchFields Of(ref readonly Utf8JsonReader json, byte[] scratch)
    {
        if (json.ValueSpan.Length > scratch.Length || !JsonText.TryRead(in json, scratch, out var name))
            return BatchFields.None;
        return name.Length switch
        {
            3 when name.SequenceEqual("sdk"u8) => BatchFields.Sdk,
            6 when name.SequenceEqual("events"u8) => BatchFields.Events,
            7 when name.SequenceEqual("context"u8) => BatchFields.Context,
            7 when name.SequenceEqual("sent_at"u8) => BatchFields.SentAt,
            8 when name.SequenceEqual("batch_id"u8) => BatchFields.BatchId,
            12 when name.SequenceEqual("service_name"u8) => BatchFields.ServiceName,
            15 when name.SequenceEqual("service_version"u8) => BatchFields.ServiceVersion,
            _ => BatchFields.None,
        };
    }

    public static string NameOf(BatchFields field) => field switch
    {
        BatchFields.Events => "events",
        BatchFields.BatchId => "batch_id",
        BatchFields.ServiceName => "service_name",
        BatchFields.ServiceVersion => "service_version",
        BatchFields.Sdk => "sdk",
        BatchFields.SentAt => "sent_at",
        BatchFields.Context => "context",
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "The value is not a single field."),
    };
}
