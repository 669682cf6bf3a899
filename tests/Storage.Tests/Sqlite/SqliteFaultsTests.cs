using Microsoft.Data.Sqlite;
using TelemetryKit.Storage.Sqlite;

namespace TelemetryKit.Storage.Tests.Sqlite;

public sealed class SqliteFaultsTests
{
    [Theory]
    [InlineData(5)] // busy
    [InlineData(6)] // locked
    [InlineData(8)] // read-only
    [InlineData(10)] // input or output
    [InlineData(11)] // corrupt
    [InlineData(13)] // full
    [InlineData(14)] // can't open
    public void Faults_of_the_file_are_outages(int code) => Assert.True(SqliteFaults.IsUnavailable(new SqliteException("", code)));

    [Theory]
    [InlineData(18)] // too big
    [InlineData(19)] // constraint
    [InlineData(20)] // mismatch
    public void Faults_of_the_data_are_not_outages(int code) => Assert.False(SqliteFaults.IsUnavailable(new SqliteException("", code)));
}
