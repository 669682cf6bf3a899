namespace TelemetryKit.Storage.Migrations;

/// <summary>A migration as the database remembers it.</summary>
internal readonly record struct AppliedMigration(int Version, string Checksum);
