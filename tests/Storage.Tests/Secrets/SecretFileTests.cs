using TelemetryKit.Core.Secrets;
using TelemetryKit.Storage.Secrets;

namespace TelemetryKit.Storage.Tests.Secrets;

/// <summary>The secret of a server without settings for it.</summary>
public sealed class SecretFileTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("telemetrykit-secret-").FullName;

    private string Data => Path.Combine(_parent, "data");

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact]
    public async Task Processes_that_start_at_once_share_one_secret_outside_the_data_folder()
    {
        Assert.Null(new SecretFile(Data).Find());
        var created = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => new SecretFile(Data + "/").Create())));
        var file = new SecretFile(Data);
        Assert.All(created, one => Assert.Equal(file.Find()!.Current.Id.ToArray(), one.Current.Id.ToArray()));
        Assert.Equal([Path.Combine(_parent, "data.secret")], Directory.GetFileSystemEntries(_parent));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file.File));
    }

    [Fact]
    public void A_secret_that_is_in_use_is_never_replaced()
    {
        for (var round = 0; round < 300; round++)
        {
            var data = Path.Combine(_parent, $"{round}");
            var threads = new Thread[4];
            var ids = new string[threads.Length];
            using var start = new Barrier(threads.Length);
            for (var i = 0; i < threads.Length; i++)
            {
                var number = i;
                threads[i] = new Thread(() =>
                {
                    start.SignalAndWait();
                    ids[number] = Convert.ToHexString(new SecretFile(data).Create().Current.Id);
                });
                threads[i].Start();
            }

            foreach (var thread in threads)
                thread.Join();
            Assert.Single(ids.Distinct());
        }
    }

    [Fact]
    public void A_damaged_file_is_not_replaced()
    {
        var file = new SecretFile(Data);
        File.WriteAllText(file.File, "short");
        Assert.Throws<ServerSecretException>(file.Find);
        Assert.Throws<ServerSecretException>(file.Create);
        Assert.Equal("short", File.ReadAllText(file.File));
    }

    [Fact]
    public void A_secret_that_cannot_be_kept_is_refused_with_the_settings_to_use()
    {
        File.WriteAllText(Path.Combine(_parent, "file"), "");
        var fault = Assert.Throws<ServerSecretException>(new SecretFile(Path.Combine(_parent, "file", "data")).Create);
        Assert.Contains("TELEMETRYKIT_SECRET_FILE", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_secret_is_created_beside_a_volume()
    {
        Assert.SkipUnless(DriveInfo.GetDrives().Any(drive => drive.Name == "/dev/shm"), "This machine has no volume at /dev/shm.");
        var file = new SecretFile("/dev/shm");
        var fault = Assert.Throws<ServerSecretException>(file.Create);
        Assert.Contains("is a volume", fault.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(file.File));
    }
}
