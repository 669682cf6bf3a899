using System.Text.Json.Serialization;

namespace TelemetryKit.Storage.Backups;

/// <summary>What a backup contains.</summary>
public sealed record BackupManifest
{
    /// <summary>The format of the file, <see cref="CurrentFormat"/>.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The format of the file.</summary>
    public required int Format { get; init; }

    /// <summary>The kind of the database: <c>sqlite</c> or <c>postgres</c>.</summary>
    public required string Store { get; init; }

    /// <summary>The version of the program that made the backup.</summary>
    public required string Program { get; init; }

    /// <summary>The number of the last migration of the database.</summary>
    public required int Schema { get; init; }

    /// <summary>When the backup began.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The length of the copy in bytes, before the file compresses it.</summary>
    public long Bytes { get; init; }

    /// <summary>The SHA-256 of the copy in hex.</summary>
    public string Sha256 { get; init; } = "";
}

/// <summary>The JSON of the manifest.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class BackupJson : JsonSerializerContext;
