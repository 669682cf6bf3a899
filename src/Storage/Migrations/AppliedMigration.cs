namespace TelemetryKit.Storage.Migrations;

/// <summary>A migration that is recorded in the database.</summary>
internal readonly record struct AppliedMigration(int Version, string Checksum);
