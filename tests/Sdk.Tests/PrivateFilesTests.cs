using TelemetryKit.Platform;

namespace TelemetryKit.Sdk.Tests;

/// <summary>Small files that many processes of a tool write and read at the same time.</summary>
public sealed class PrivateFilesTests : IDisposable
{
    private const int Writers = 8;
    private const int Rounds = 100;

    private readonly string _folder = Directory.CreateTempSubdirectory("tk-files-").FullName;

    private string FilePath => Path.Combine(_folder, "file");

    [Fact]
    public async Task Writers_of_one_file_neither_fail_nor_leave_others()
    {
        await InParallel(writer =>
        {
            for (var round = 0; round < Rounds; round++)
                PrivateFiles.WriteAllText(FilePath, new string((char)('a' + writer), 100));
        });
        Assert.Equal(FilePath, Assert.Single(Directory.GetFiles(_folder)));
        Assert.Single(File.ReadAllText(FilePath).Distinct());
    }

    [Fact]
    public async Task A_reader_sees_a_file_that_is_replaced_in_full()
    {
        PrivateFiles.WriteAllText(FilePath, new string('a', 100));
        await InParallel(writer =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                if (writer == 0)
                    PrivateFiles.WriteAllText(FilePath, new string((char)('a' + round % 26), 100));
                else
                    Assert.Equal(100, PrivateFiles.TryReadAllText(FilePath)?.Length);
            }
        });
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task InParallel(Action<int> run)
    {
        using var together = new Barrier(Writers);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Factory.StartNew(
            () =>
            {
                together.SignalAndWait();
                run(writer);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
    }
}
