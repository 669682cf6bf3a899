using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TelemetryKit.Storage.Migrations;

/// <summary>A numbered step of the schema, embedded as <c>NNNN_what_it_does.sql</c>. Its text must not change after its release.</summary>
internal sealed record Migration(int Version, string Name, string Sql)
{
    /// <summary>The SHA-256 of the text in hex. It detects that a migration was edited after it was applied.</summary>
    public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    /// <summary>Loads the migrations of a kind of database (<c>Postgres</c> or <c>Sqlite</c>), in order.</summary>
    public static IReadOnlyList<Migration> Load(string kind)
    {
        var assembly = typeof(Migration).Assembly;
        var prefix = $"{assembly.GetName().Name}.{kind}.Migrations.";
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name =>
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                    var file = name[prefix.Length..^".sql".Length];
                    return new Migration(int.Parse(file.AsSpan(0, 4), CultureInfo.InvariantCulture), file[5..], reader.ReadToEnd());
                }),
        ];
    }
}
