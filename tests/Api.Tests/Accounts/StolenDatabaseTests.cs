using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TelemetryKit.Api.Admin;
using TelemetryKit.Api.Settings;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core.Accounts.Totp;
using TelemetryKit.Core.Privacy;
using TelemetryKit.Core.Secrets;

namespace TelemetryKit.Api.Tests.Accounts;

/// <summary>What a thief of the database, without the server's secret, learns from it; and what is left if the secret is lost.</summary>
public abstract class StolenDatabaseTests<TServer>(TServer server) : IClassFixture<TServer>
    where TServer : AccountServer
{
    [Fact]
    public async Task A_stolen_database_yields_no_second_factor()
    {
        using var person = await server.NewPerson().JoinAsync();
        var (secret, _) = await SecondFactor.EnableAsync(person, server.Time);
        var id = (Guid)(await person.JsonAsync("/v1/me"))["id"]!;
        var protectedSecret = (await server.Accounts.SecondFactors.FindAsync(id, default))!.ProtectedSecret;

        // The attack works on the keys themselves, which earlier versions stored like this.
        Assert.Equal(secret, Unprotect(protectedSecret, await server.Accounts.DataProtectionKeys.ListAsync(default)));
        var stolen = await ColumnAsync<string>("select sealed_xml from data_protection_keys");
        Assert.NotEmpty(stolen);
        Assert.ThrowsAny<CryptographicException>(() => Unprotect(protectedSecret, stolen));
    }

    [Fact]
    public async Task A_stolen_database_names_no_user()
    {
        var project = await server.Server.NewProjectAsync();
        await project.SendAsync("""{"events":[{"event_type":"command_executed","user_id":"employee-0077@laptop"}]}""");
        var installs = (await ColumnAsync<long>("select install from installs")).ToHashSet();
        Assert.Contains(IdentityHasher.Install(project.Project.Secret, "employee-0077@laptop"), installs);
        foreach (var stolen in await ColumnAsync<byte[]>("select sealed_secret from projects"))
        {
            // The column, and each part of it that could be the key.
            for (var start = 0; start + 32 <= stolen.Length; start++)
            {
                Assert.DoesNotContain(IdentityHasher.Install(stolen[start..(start + 32)], "employee-0077@laptop"), installs);
                Assert.DoesNotContain(IdentityHasher.Install(stolen[start..], "employee-0077@laptop"), installs);
            }
        }
    }

    private static byte[] Unprotect(string protectedSecret, IEnumerable<string> keys)
    {
        var services = new ServiceCollection();
        services.AddDataProtection().SetApplicationName("TelemetryKit");
        services.Configure<KeyManagementOptions>(options => options.XmlRepository = new StolenKeys(keys));
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IDataProtectionProvider>().CreateProtector("TelemetryKit.Totp")
            .Unprotect(Convert.FromBase64String(protectedSecret));
    }

    private async Task<IReadOnlyList<T>> ColumnAsync<T>(string sql)
    {
        var postgres = server.Server.Services.GetRequiredService<ServerSettings>().Postgres;
        await using DbConnection connection = postgres is null
            ? new SqliteConnection($"Data Source={Path.Combine(server.Server.Folder, "telemetrykit.db")};Mode=ReadOnly;Pooling=False")
            : new NpgsqlConnection(postgres + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        List<T> values = [];
        while (await reader.ReadAsync())
            values.Add(reader.GetFieldValue<T>(0));
        return values;
    }

    private sealed class StolenKeys(IEnumerable<string> keys) : IXmlRepository
    {
        public IReadOnlyCollection<XElement> GetAllElements() => [.. keys.Select(Parse).OfType<XElement>()];

        public void StoreElement(XElement element, string friendlyName)
        {
        }

        private static XElement? Parse(string text)
        {
            try
            {
                return XElement.Parse(text);
            }
            catch (XmlException)
            {
                return null;
            }
        }
    }
}

public sealed class StolenSqliteTests(AccountServer server) : StolenDatabaseTests<AccountServer>(server);

public sealed class StolenPostgresTests(PostgresAccountServer server) : StolenDatabaseTests<PostgresAccountServer>(server);

/// <summary>The loss of the server's secret.</summary>
public class LostSecretTests
{
    [Fact]
    public async Task After_its_replacement_recovery_codes_work_and_codes_of_apps_are_wrong()
    {
        var folder = Directory.CreateTempSubdirectory("telemetrykit-lost-").FullName;
        try
        {
            string email;
            byte[] secret;
            string[] recovery;
            await using (var first = new FolderServer(folder, ServerSecret.Generate()))
            {
                await first.InitializeAsync();
                using var person = await first.NewPerson().JoinAsync();
                (email, (secret, recovery)) = (person.Email, await SecondFactor.EnableAsync(person, first.Time));
            }

            var replacement = ServerSecret.Generate();
            var configuration = new ConfigurationBuilder().AddInMemoryCollection(
                [new("TELEMETRYKIT_DATA", folder), new("TELEMETRYKIT_SECRET", replacement)]).Build();
            using var errors = new StringWriter();
            Assert.Equal(2, await RunAsync("list-tenants"));
            Assert.Contains("another secret", errors.ToString(), StringComparison.Ordinal);
            Assert.Equal(0, await RunAsync("replace-lost-secret", "--confirm"));

            await using var second = new FolderServer(folder, replacement);
            await second.InitializeAsync();
            using var again = second.NewPerson();
            again.Email = email;
            Assert.True((bool)(await again.SignInAsync())["second_factor_required"]!);
            second.Time.Advance(TimeSpan.FromMinutes(2));
            var code = new JsonObject { ["code"] = TotpCode.At(secret, second.Time.GetUtcNow()) };
            await (await again.PostAsync("/v1/auth/second-factor", code)).IsProblemAsync(401, "wrong_code");
            await again.JsonAsync(HttpMethod.Post, "/v1/auth/second-factor", 200, new JsonObject { ["recovery_code"] = recovery[0] });

            async Task<int> RunAsync(params string[] args) =>
                await new ServerCommand(AdminCommands.Create(() => configuration)).RunAsync(
                    [AdminCommands.CommandName, .. args], _ => throw new InvalidOperationException(), TextWriter.Null, errors);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class FolderServer(string folder, string secret) : AccountServer
    {
        protected override string? Folder => folder;

        protected override string[] Args => [.. base.Args, "--TELEMETRYKIT_SECRET", secret];
    }
}
