using System.Text;
using TelemetryKit.Core.Secrets;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Migrations;
using TelemetryKit.Storage.Secrets;

namespace TelemetryKit.Storage.Tests.Secrets;

/// <summary>What a stolen database reveals, and what happens if the server's secret changes or is lost.</summary>
public sealed class SealTests
{
    private const string KeyXml = "<key id='1'><masterKey>c2VjcmV0LW1hc3Rlci1rZXk=</masterKey></key>";

    private static readonly ReceiptKey Receipts = new()
    {
        Id = "receipts", PublicKey = [1], PrivateKey = [.. "the private key of the receipts"u8], CreatedAt = DateTimeOffset.UnixEpoch,
    };

    [Theory, InlineData("Sqlite"), InlineData("Postgres")]
    public async Task A_stolen_database_contains_neither_a_projects_secret_nor_a_data_protection_key(string kind)
    {
        await using var database = await SealedDatabase.CreateAsync(kind);
        var secrets = new ServerSecrets(TestSecrets.New());
        var (id, secret) = await database.UseAsync(secrets, AddAsync);
        AssertReveals(await database.StolenAsync(), secret, false);
        Assert.Equal((id, secret), await database.UseAsync(secrets, FindAsync), Same);
    }

    [Theory, InlineData("Sqlite"), InlineData("Postgres")]
    public async Task Plain_secrets_of_an_earlier_version_are_sealed_and_leave_no_trace(string kind)
    {
        await using var database = await SealedDatabase.CreateAsync(kind);
        await database.MigrateToPlainAsync();
        var (tenant, project, deleted) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        byte[] secret = [.. Encoding.UTF8.GetBytes("the plain secret of this project")];
        await database.ExecuteAsync(
            $"insert into tenants (id, name, created_at) values ({database.Id(tenant)}, 't', {database.Now})");
        // Rows around it, so that the project is on a full page.
        for (var i = 0; i < 200; i++)
        {
            await database.ExecuteAsync(
                $"""
                insert into projects (id, tenant_id, name, secret, created_at) values
                    ({database.Id(i == 100 ? project : Guid.CreateVersion7())}, {database.Id(tenant)}, 'p{i}', {database.Bytes(secret)},
                    {database.Now})
                """);
        }

        await database.ExecuteAsync(
            $"""
            insert into projects (id, tenant_id, name, secret, created_at, deleted_at) values
                ({database.Id(deleted)}, {database.Id(tenant)}, 'deleted', {database.Bytes([])}, {database.Now}, {database.Now})
            """);
        await database.ExecuteAsync(
            $"""
            insert into data_protection_keys (name, xml, created_at)
            values ('key-1', '{KeyXml.Replace("'", "''", StringComparison.Ordinal)}', {database.Now})
            """);
        AssertReveals(await database.StolenAsync(), secret, true);

        var secrets = new ServerSecrets(TestSecrets.New());
        // A vacuum keeps what an older transaction may still read.
        await using var older = await database.BeginReadingAsync();
        var found = await database.UseAsync(secrets, async store => (
            await store.Projects.FindProjectAsync(project, default), await store.Accounts.DataProtectionKeys.ListAsync(default)));
        Assert.Equal(secret, found.Item1!.Secret);
        Assert.Equal([KeyXml], found.Item2);
        if (older is not null)
        {
            Assert.True(await database.HasResidueAsync(), "the start doesn't notice that an older transaction reads");
            await older.DisposeAsync();
        }

        // A start that doesn't get the locks of the tables in time leaves the removal to the next one.
        for (var start = 0; start < 20 && await database.HasResidueAsync(); start++)
            await database.UseAsync(secrets, _ => Task.FromResult(0));
        AssertReveals(await database.StolenAsync(), secret, false);
    }

    [Theory, InlineData("Sqlite"), InlineData("Postgres")]
    public async Task Another_secret_is_refused_and_changes_nothing(string kind)
    {
        await using var database = await SealedDatabase.CreateAsync(kind);
        var right = new ServerSecrets(TestSecrets.New());
        var (id, secret) = await database.UseAsync(right, AddAsync);
        var before = await ContentAsync(database);
        // A migration would be applied again.
        var newest = Migration.Load(kind).MaxBy(migration => migration.Version)!;
        await database.ExecuteAsync($"delete from schema_migrations where version = {newest.Version}");
        ISecretSource[] wrongs =
        [
            new ServerSecrets(TestSecrets.New()), new ServerSecrets(TestSecrets.New(), TestSecrets.New()), new SecretFile(database.Folder),
        ];
        foreach (var wrong in wrongs)
        {
            await using var store = database.Open(wrong);
            var fault = await Assert.ThrowsAsync<ServerSecretException>(() => store.MigrateAsync(default));
            Assert.Contains("TELEMETRYKIT_SECRET", fault.Message, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(database.Folder + ".secret"));
        await database.ExecuteAsync(
            $"insert into schema_migrations values ({newest.Version}, '{newest.Name}', '{newest.Checksum}', {database.Now})");
        Assert.Equal(before, await ContentAsync(database));
        Assert.Equal((id, secret), await database.UseAsync(right, FindAsync), Same);
    }

    [Theory, InlineData("Sqlite"), InlineData("Postgres")]
    public async Task A_secret_is_rotated_with_the_previous_one(string kind)
    {
        await using var database = await SealedDatabase.CreateAsync(kind);
        var (old, @new) = (TestSecrets.New(), TestSecrets.New());
        var expected = await database.UseAsync(new ServerSecrets(old), AddAsync);
        Assert.Equal(expected, await database.UseAsync(new ServerSecrets(@new, old), FindAsync), Same);
        Assert.Equal(expected, await database.UseAsync(new ServerSecrets(@new), FindAsync), Same);
        await using var former = database.Open(new ServerSecrets(old));
        await Assert.ThrowsAsync<ServerSecretException>(() => former.MigrateAsync(default));
    }

    [Fact]
    public async Task Replicas_rotate_a_secret_one_after_another_while_all_work()
    {
        await using var database = await SealedDatabase.CreateAsync("Postgres");
        var (old, @new) = (TestSecrets.New(), TestSecrets.New());
        await using var first = database.Open(new ServerSecrets(old, @new));
        await first.MigrateAsync(default);
        var expected = await AddAsync(first);
        await using (var second = database.Open(new ServerSecrets(@new, old)))
        {
            await second.MigrateAsync(default);
            Assert.Equal(expected, await FindAsync(second), Same);
            Assert.Equal(expected, await FindAsync(first), Same);
            // The first replica still seals with the former secret.
            var late = await first.Projects.EnsureProjectAsync(await first.Projects.EnsureDefaultTenantAsync(default), "late", default);
            Assert.Equal(late.Secret, (await second.Projects.FindProjectAsync(late.Ref.ProjectId, default))!.Secret);
        }

        // A start without the former secret would lose that project.
        await using var tooEarly = database.Open(new ServerSecrets(@new));
        var fault = await Assert.ThrowsAsync<ServerSecretException>(() => tooEarly.MigrateAsync(default));
        Assert.Contains("TELEMETRYKIT_SECRET_PREVIOUS", fault.Message, StringComparison.Ordinal);
        Assert.Equal(expected, await database.UseAsync(new ServerSecrets(@new, old), FindAsync), Same);
        Assert.Equal(expected, await database.UseAsync(new ServerSecrets(@new), FindAsync), Same);
    }

    [Fact]
    public async Task Replicas_that_start_at_once_seal_once()
    {
        await using var database = await SealedDatabase.CreateAsync("Postgres");
        var (old, @new) = (TestSecrets.New(), TestSecrets.New());
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => database.UseAsync(new ServerSecrets(old), _ => Task.FromResult(true))));
        var expected = await database.UseAsync(new ServerSecrets(old), AddAsync);
        var found = await Task.WhenAll(Enumerable.Range(0, 6).Select(
            _ => Task.Run(() => database.UseAsync(new ServerSecrets(@new, old), FindAsync))));
        Assert.All(found, one => Assert.Equal(expected, one, Same));
    }

    [Theory, InlineData("Sqlite"), InlineData("Postgres")]
    public async Task A_lost_secret_is_replaced_only_if_it_is_lost(string kind)
    {
        await using var database = await SealedDatabase.CreateAsync(kind);
        var (lost, @new) = (new ServerSecrets(TestSecrets.New()), new ServerSecrets(TestSecrets.New()));
        var (id, secret) = await database.UseAsync(lost, AddAsync);
        await using (var kept = database.Open(lost))
            await Assert.ThrowsAsync<ServerSecretException>(() => kept.ReplaceLostSecretAsync(default));
        await using (var store = database.Open(@new))
            Assert.Equal(1, await store.ReplaceLostSecretAsync(default));
        var project = await database.UseAsync(@new, store => store.Projects.FindProjectAsync(id, default));
        Assert.Equal(32, project!.Secret.Length);
        Assert.NotEqual(secret, project.Secret);
        Assert.Empty(await database.UseAsync(@new, store => store.Accounts.DataProtectionKeys.ListAsync(default)));
        var keys = await database.UseAsync(@new, store => store.Accounts.ReceiptKeys.ListAsync(default));
        Assert.Equal((null, true), (Assert.Single(keys).PrivateKey, keys[0].RetiredAt is not null));
    }

    private static async Task<(Guid Id, byte[] Secret)> AddAsync(IStore store)
    {
        var tenant = await store.Projects.EnsureDefaultTenantAsync(default);
        var project = await store.Projects.EnsureProjectAsync(tenant, "project", default);
        await store.Accounts.DataProtectionKeys.AddAsync("key-1", KeyXml, DateTimeOffset.UnixEpoch, default);
        await store.Accounts.ReceiptKeys.EnsureAsync(Receipts, default);
        return (project.Ref.ProjectId, project.Secret);
    }

    private static async Task<(Guid Id, byte[] Secret)> FindAsync(IStore store)
    {
        Assert.Equal([KeyXml], await store.Accounts.DataProtectionKeys.ListAsync(default));
        Assert.Equal(Receipts.PrivateKey, Assert.Single(await store.Accounts.ReceiptKeys.ListAsync(default)).PrivateKey);
        var tenant = await store.Projects.EnsureDefaultTenantAsync(default);
        var project = await store.Projects.EnsureProjectAsync(tenant, "project", default);
        return (project.Ref.ProjectId, project.Secret);
    }

    private static bool Same((Guid Id, byte[] Secret) one, (Guid Id, byte[] Secret) other) =>
        one.Id == other.Id && one.Secret.AsSpan().SequenceEqual(other.Secret);

    private static async Task<string> ContentAsync(SealedDatabase database) =>
        string.Join(
            '\n',
            await database.DumpAsync("sealed_secret", "projects"),
            await database.DumpAsync("sealed_xml", "data_protection_keys"),
            await database.DumpAsync("id", "server_secret"),
            await database.DumpAsync("name", "schema_migrations"));

    private static void AssertReveals(byte[] stolen, byte[] secret, bool expected)
    {
        foreach (var form in (byte[][])
            [secret, Encoding.UTF8.GetBytes(Convert.ToHexStringLower(secret)), Encoding.UTF8.GetBytes(Convert.ToBase64String(secret))])
        {
            if (expected && form != secret)
                continue;
            Assert.Equal(expected, stolen.AsSpan().IndexOf(form) >= 0);
        }

        Assert.Equal(expected, stolen.AsSpan().IndexOf("c2VjcmV0LW1hc3Rlci1rZXk="u8) >= 0);
        Assert.True(stolen.AsSpan().IndexOf(Receipts.PrivateKey) < 0);
    }
}
