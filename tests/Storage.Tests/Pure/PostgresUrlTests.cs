using Npgsql;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Postgres;

namespace TelemetryKit.Storage.Tests.Pure;

public sealed class PostgresUrlTests
{
    [Theory]
    [InlineData("postgres://db/telemetry", "Host=db;Database=telemetry")]
    [InlineData("postgresql://ada@db:6432/telemetry", "Username=ada;Host=db;Port=6432;Database=telemetry")]
    [InlineData("POSTGRES://ada:p%40s%3As%2F%25@db/t%20k", "Username=ada;Password=p@s:s/%;Host=db;Database=t k")]
    [InlineData("postgres://ada:a@b@db/telemetry", "Username=ada;Password=a@b;Host=db;Database=telemetry")]
    [InlineData("postgres://[::1]:6432/telemetry", "Host=::1;Port=6432;Database=telemetry")]
    [InlineData("postgres://a:5433,b:5434/telemetry", "Host=\"a:5433,b:5434\";Database=telemetry")]
    [InlineData("postgres:///telemetry?host=/run/pg&user=ada&port=1", "Database=telemetry;Host=/run/pg;Username=ada;Port=1")]
    [InlineData("postgres://db/t?sslmode=verify-full&sslrootcert=/ca", "Host=db;Database=t;SSL Mode=VerifyFull;Root Certificate=/ca")]
    [InlineData("postgres://db/t?connect_timeout=7&application_name=a%26b", "Host=db;Database=t;Timeout=7;Application Name=a&b")]
    [InlineData("postgres://db/t?options=-c%20statement_timeout%3D5s", "Host=db;Database=t;Options=-c statement_timeout=5s")]
    [InlineData("postgres://a,b/t?target_session_attrs=read-write", "Host=\"a,b\";Database=t;Target Session Attributes=read-write")]
    [InlineData("postgres://db/t?Maximum%20Pool%20Size=7&pooling=true", "Host=db;Database=t;Maximum Pool Size=7;Pooling=true")]
    public void A_url_is_converted(string url, string connectionString)
    {
        Assert.True(PostgresUrl.Is(url), "it is a URL");
        var expected = new NpgsqlConnectionStringBuilder(connectionString);
        Assert.Equal(expected.ConnectionString, PostgresUrl.Parse(url).ConnectionString, SameKeywords);
    }

    [Theory]
    [InlineData("Host=postgres://db")]
    [InlineData("mysql://db/t")]
    [InlineData("")]
    public void Other_texts_are_not_urls(string text) => Assert.False(PostgresUrl.Is(text));

    [Theory]
    [InlineData(PostgresErrorCodes.InvalidCatalogName, true)]
    [InlineData(PostgresErrorCodes.InvalidPassword, true)]
    [InlineData(PostgresErrorCodes.InvalidAuthorizationSpecification, true)]
    [InlineData(PostgresErrorCodes.CannotConnectNow, false)]
    [InlineData(PostgresErrorCodes.TooManyConnections, false)]
    [InlineData(PostgresErrorCodes.AdminShutdown, false)]
    public void Only_faults_that_last_have_a_remedy(string sqlState, bool lasts)
    {
        StorageUnavailableException fault = PostgresFaults.Unavailable(new PostgresException("no", "FATAL", "FATAL", sqlState));
        Assert.Equal(lasts, fault.Remedy is not null);
    }

    [Fact]
    public void A_missing_password_has_a_remedy_and_a_lost_connection_has_none()
    {
        var missing = new NpgsqlException("No password has been provided but the backend requires one (in SASL/SCRAM-SHA-256)");
        Assert.NotNull(PostgresFaults.Unavailable(missing).Remedy);
        Assert.Null(PostgresFaults.Unavailable(new NpgsqlException("Exception while reading from stream")).Remedy);
    }

    // The order of the keywords is that in which they were set.
    private static bool SameKeywords(string one, string other) => one.Split(';').Order().SequenceEqual(other.Split(';').Order());
}
