using TelemetryKit.Core.Counters;

namespace TelemetryKit.Core.Tests.Counters;

public sealed class SeveralValuesTests
{
    [Fact]
    public void Events_with_several_values_of_a_key_can_be_written_and_read()
    {
        var fact = new Fact
        {
            Time = new(2026, 11, 20, 10, 0, 0, TimeSpan.Zero), Type = "command_executed", Subject = "build", Install = 7,
            Metadata = [("flags", "--release"), ("flags", "--watch"), ("flags", "--parallel"), ("target", "production")],
        };
        var written = Fact.Rollup([fact, fact]).Serialize();
        Assert.Equal(written, Rollup.Read(written).Serialize());
    }
}
