using System.Security.Cryptography;
using TelemetryKit.Core.Secrets;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Database;
using TelemetryKit.Storage.Projects;
using TelemetryKit.Storage.Secrets;

namespace TelemetryKit.Storage.Accounts;

/// <summary>
/// The table <c>server_secret</c>: the id of the secret with which the database is sealed. Seals the values of earlier versions, and seals
/// all values anew if the secret changed.
/// </summary>
internal sealed class ServerSecretTable(AccountDatabase database, Seals seals, TimeProvider time)
{
    private const string Table = "server_secret";
    private const string Find = "select id, has_residue from server_secret";

    /// <summary>
    /// Checks, before the database is changed, that the process has its secret. Creates the secret if the database isn't sealed yet.
    /// </summary>
    /// <exception cref="ServerSecretException">The secret is missing or another one, or can't be created.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var row = await database.ReadAsync(
            async sql => await sql.ValueAsync<long>(database.CountTables, new { table = Table }) > 0
                ? await sql.FindAsync<Row>(Find)
                : null,
            cancellationToken);
        if (row is null)
            seals.Create();
        else
            Require(row);
    }

    /// <summary>
    /// Seals what isn't sealed with the current secret, in one transaction; of several processes that start, one at a time.
    /// </summary>
    /// <exception cref="ServerSecretException">
    /// The secret is missing or another one, or a value is sealed with one that the process doesn't have. Nothing is changed.
    /// </exception>
    public async Task SealAsync(CancellationToken cancellationToken)
    {
        if (await database.WriteAsync(SealAsync, cancellationToken) && await database.TryRemoveResidueAsync(cancellationToken))
        {
            await database.WriteAsync(
                sql => sql.ExecuteAsync("update server_secret set has_residue = @no", new { no = false }), cancellationToken);
        }
    }

    /// <summary>See <see cref="IStore.ReplaceLostSecretAsync"/>.</summary>
    public Task<int> ReplaceLostAsync(CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                if (await sql.ValueAsync<long>(database.CountTables, new { table = Table }) == 0
                    || await sql.FindAsync<Row>(Find + database.ForUpdate) is not { } row)
                    throw new ServerSecretException("The database isn't sealed yet, so no secret is lost.");
                var secrets = seals.Create();
                if (secrets.Knows(row.Id))
                    throw new ServerSecretException($"The secret isn't lost: {seals.Place} contains it. Nothing was changed.");
                var projects = await sql.ListAsync<Guid>("select id from projects where length(sealed_secret) > 0");
                foreach (var id in projects)
                {
                    var column = seals.SealProject(id, RandomNumberGenerator.GetBytes(NewProject.SecretLength));
                    await sql.ExecuteAsync("update projects set sealed_secret = @column where id = @id", new { column, id });
                }

                await sql.ExecuteAsync("delete from data_protection_keys");
                await ReceiptKeyTable.RetireAsync(sql, time.GetUtcNow());
                await sql.ExecuteAsync("update server_secret set id = @id", new { id = secrets.Current.Id.ToArray() });
                return projects.Count;
            },
            cancellationToken);

    // Returns whether values that were replaced may still be in the files of the database.
    private async Task<bool> SealAsync(Sql sql)
    {
        var row = await sql.FindAsync<Row>(Find + database.ForUpdate);
        if (row is null)
        {
            await sql.ExecuteAsync(
                "insert into server_secret (one, id, has_residue) values (1, @id, @no) on conflict (one) do nothing",
                new { id = seals.Create().Current.Id.ToArray(), no = false });
            row = await sql.FindAsync<Row>(Find + database.ForUpdate) ?? throw new InvalidOperationException("The row was deleted.");
        }

        var secrets = Require(row);
        var hasResidue = await SealProjectsAsync(sql) + await SealKeysAsync(sql) + await SealReceiptKeysAsync(sql) > 0 || row.HasResidue;
        await sql.ExecuteAsync(
            "update server_secret set id = @id, has_residue = @hasResidue", new { id = secrets.Current.Id.ToArray(), hasResidue });
        return hasResidue;
    }

    private ServerSecrets Require(Row row)
    {
        if (seals.Find() is not { } secrets)
        {
            throw new ServerSecretException(
                $"The database is sealed with a secret. {seals.Place}, which contained it, doesn't exist. Restore it from a copy, or set "
                + "TELEMETRYKIT_SECRET. Nothing was changed.");
        }

        return secrets.Knows(row.Id)
            ? secrets
            : throw new ServerSecretException(
                $"The database is sealed with another secret. {seals.Place} must contain the secret with which the database was used "
                + "before. To change it, set TELEMETRYKIT_SECRET to the new one and TELEMETRYKIT_SECRET_PREVIOUS to the former one. "
                + "Nothing was changed.");
    }

    private async Task<int> SealProjectsAsync(Sql sql)
    {
        var changed = 0;
        // Deleted projects have an empty secret.
        foreach (var project in await sql.ListAsync<Project>("select id, sealed_secret from projects where length(sealed_secret) > 0"))
        {
            if (seals.ResealProject(project.Id, project.SealedSecret) is not { } column)
                continue;
            // The project may be deleted concurrently.
            changed += await sql.ExecuteAsync(
                "update projects set sealed_secret = @column where id = @Id and length(sealed_secret) > 0", new { column, project.Id });
        }

        return changed;
    }

    private async Task<int> SealKeysAsync(Sql sql)
    {
        var changed = 0;
        foreach (var key in await sql.ListAsync<DataProtectionKey>("select name, sealed_xml from data_protection_keys"))
        {
            if (seals.ResealKey(key.Name, key.SealedXml) is { } column)
            {
                changed += await sql.ExecuteAsync(
                    "update data_protection_keys set sealed_xml = @column where name = @Name", new { column, key.Name });
            }
        }

        return changed;
    }

    private async Task<int> SealReceiptKeysAsync(Sql sql)
    {
        var changed = 0;
        foreach (var key in await sql.ListAsync<PrivateKey>("select id, sealed_key from receipt_keys where sealed_key is not null"))
        {
            if (seals.ResealReceiptKey(key.Id, key.SealedKey) is { } column)
            {
                changed += await sql.ExecuteAsync(
                    "update receipt_keys set sealed_key = @column where id = @Id and sealed_key is not null", new { column, key.Id });
            }
        }

        return changed;
    }

    private sealed class Row
    {
        public required byte[] Id { get; init; }

        public bool HasResidue { get; init; }
    }

    private sealed class Project
    {
        public Guid Id { get; init; }

        public required byte[] SealedSecret { get; init; }
    }

    private sealed class DataProtectionKey
    {
        public required string Name { get; init; }

        public required string SealedXml { get; init; }
    }

    private sealed class PrivateKey
    {
        public required string Id { get; init; }

        public required byte[] SealedKey { get; init; }
    }
}
