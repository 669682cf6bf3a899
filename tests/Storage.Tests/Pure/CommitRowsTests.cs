using System.Data;
using System.Globalization;
using TelemetryKit.Core;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Postgres;

namespace TelemetryKit.Storage.Tests.Pure;

/// <summary>The order of the rows of <c>returning</c> is undefined in PostgreSQL: each row contains the key of its request.</summary>
public sealed class CommitRowsTests
{
    private static readonly DateOnly Month = new(2026, 11, 1);

    private static readonly QuotaRequest[] Quotas =
    [
        new(Id(1), Month, 10, 100), new(Id(1), Month, 20, 100, DataEnvironment.Test),
        new(Id(2), Month, 30, 100), new(Id(2), Month.AddMonths(1), 40, 100),
    ];

    private static readonly SeenInstall[] Installs =
    [
        new(Id(1), DataEnvironment.Live, 7, Month), new(Id(1), DataEnvironment.Test, 7, Month),
        new(Id(1), DataEnvironment.Live, -7, Month), new(Id(2), DataEnvironment.Live, 7, Month),
    ];

    private static readonly BatchKey[] Keys = [new(Id(1), Id(3)), new(Id(1), Id(4)), new(Id(2), Id(3)), new(Id(2), Id(4))];

    [Theory]
    [InlineData(0, 1, 2, 3)]
    [InlineData(3, 2, 1, 0)]
    [InlineData(1, 3, 0, 2)]
    public void Quota_is_granted_to_the_request_whose_key_the_row_has(params int[] order)
    {
        using var reader = Granted(order.Select(i => (Quotas[i], (i + 1) * 10L)));

        Assert.Equal([10, 20, 30, 40], CommitStatements.ReadGranted(reader, Quotas));
    }

    [Theory]
    [InlineData(0, 1, 2, 3)]
    [InlineData(3, 2, 1, 0)]
    [InlineData(1, 3, 0, 2)]
    public void A_key_is_new_if_a_row_has_it(params int[] order)
    {
        using var reader = Reader(
            [typeof(Guid), typeof(Guid)], order.Where(i => i != 2).Select(i => new object[] { Keys[i].ProjectId, Keys[i].Key }));

        Assert.Equal([true, true, false, true], CommitStatements.ReadNewKeys(reader, Keys));
    }

    [Theory]
    [InlineData(0, 1, 2, 3)]
    [InlineData(3, 2, 1, 0)]
    [InlineData(1, 3, 0, 2)]
    public void An_install_changes_if_a_row_has_it(params int[] order)
    {
        using var reader = Reader(
            [typeof(Guid), typeof(short), typeof(long), typeof(DateOnly)],
            order.Where(i => i != 1).Select(i => new object[]
            {
                Installs[i].ProjectId, (short)Installs[i].Environment, Installs[i].Install,
                i == 2 ? new DateOnly(2026, 11, 20) : DBNull.Value,
            }));

        Assert.Equal([new(true), default, new(true, new(2026, 11, 20)), new(true)], CommitStatements.ReadChanges(reader, Installs));
    }

    [Fact]
    public void A_row_that_belongs_to_no_request_is_a_fault()
    {
        using var twice = Granted([(Quotas[0], 10), (Quotas[0], 10), (Quotas[1], 20), (Quotas[2], 30), (Quotas[3], 40)]);
        using var foreign = Reader([typeof(Guid), typeof(Guid)], [[Id(9), Id(9)]]);

        Assert.Throws<InvalidOperationException>(() => CommitStatements.ReadGranted(twice, Quotas));
        Assert.Throws<InvalidOperationException>(() => CommitStatements.ReadNewKeys(foreign, Keys));
    }

    [Fact]
    public void A_quota_request_without_a_row_is_a_fault()
    {
        using var reader = Granted([(Quotas[0], 10)]);

        Assert.Throws<InvalidOperationException>(() => CommitStatements.ReadGranted(reader, Quotas));
    }

    private static Guid Id(byte last) => new(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last);

    private static DataTableReader Granted(IEnumerable<(QuotaRequest Request, long Granted)> rows) => Reader(
        [typeof(long), typeof(Guid), typeof(DateOnly), typeof(short)],
        rows.Select(row => new object[] { row.Granted, row.Request.TenantId, row.Request.Month, (short)row.Request.Environment }));

    private static DataTableReader Reader(Type[] columns, IEnumerable<object[]> rows)
    {
        var table = new DataTable { Locale = CultureInfo.InvariantCulture };
        foreach (var column in columns)
            table.Columns.Add(null, column);
        foreach (var row in rows)
            table.Rows.Add(row);
        return table.CreateDataReader();
    }
}
