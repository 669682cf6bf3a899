using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TelemetryKit.Storage.Migrations;

/// <summary>One numbered step of the schema, embedded as <c>NNNN_what_it_does.sql</c>. Once released, its text never changes.</summary>
internal sealed record Migration(int Version, string Name, string Sql)
{
    /// <summary>SHA-256 of the text in hex: tells an edited migration from the one that was applied.</summary>
    public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    /// <summary>The migrations of a database kind (<c>Postgres</c> or <c>Sqlite</c>) in order.</summary>
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
