using Npgsql;
using TelemetryKit.Storage.Postgres;

namespace TelemetryKit.Storage.Tests.Postgres;

public sealed class PostgresFaultsTests
{
    [Theory]
    [InlineData("08006")] // connection failure
    [InlineData("25006")] // read-only
    [InlineData("40001")] // serialization
    [InlineData("40P01")] // deadlock
    [InlineData("42P01")] // no such table
    [InlineData("53100")] // disk full
    [InlineData("53300")] // too many connections
    [InlineData("57014")] // canceled by a timeout
    [InlineData("57P01")] // shutting down
    [InlineData("57P03")] // starting
    [InlineData("58030")] // input or output
    [InlineData("XX001")] // data corrupted
    public void Errors_that_do_not_depend_on_the_data_are_outages(string state) =>
        Assert.True(PostgresFaults.IsUnavailable(Fault(state)));

    [Theory]
    [InlineData("21000")] // cardinality
    [InlineData("22021")] // a character the encoding lacks
    [InlineData("22P02")] // invalid text
    [InlineData("23505")] // unique
    [InlineData("54000")] // program limit
    public void Errors_caused_by_the_data_are_not_outages(string state) => Assert.False(PostgresFaults.IsUnavailable(Fault(state)));

    [Fact]
    public void A_lost_connection_is_an_outage_and_a_bug_is_not()
    {
        Assert.True(PostgresFaults.IsUnavailable(new NpgsqlException("", new IOException())));
        Assert.True(PostgresFaults.IsUnavailable(new NpgsqlException("", new TimeoutException())));
        Assert.False(PostgresFaults.IsUnavailable(new InvalidOperationException()));
        Assert.False(PostgresFaults.IsUnavailable(new OperationCanceledException()));
    }

    private static PostgresException Fault(string state) => new("", "ERROR", "ERROR", state);
}
