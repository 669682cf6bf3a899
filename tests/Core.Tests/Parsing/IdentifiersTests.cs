using System.Text;
using TelemetryKit.Core.Ingest.Parsing;

namespace TelemetryKit.Core.Tests.Parsing;

public sealed class IdentifiersTests
{
    [Fact]
    public void Texts_become_the_uuids_of_the_vectors()
    {
        Assert.All(Spec.Read("vectors/hashing.json").GetProperty("ids").EnumerateArray(), vector =>
        {
            var text = Encoding.UTF8.GetBytes(vector.GetProperty("text").GetString()!);
            Assert.Equal(vector.GetProperty("uuid").GetString(), Identifiers.Of(text).ToString());
        });
    }

    [Fact]
    public void A_hashed_id_has_version_8_and_the_variant_of_the_rfc()
    {
        var id = Identifiers.Of("nanoid"u8);
        Assert.Equal(8, id.Version);
        Assert.InRange(id.Variant, 8, 11);
    }
}
