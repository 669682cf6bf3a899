using System.Text;
using TelemetryKit.Core.Ingest.Parsing;

namespace TelemetryKit.Core.Tests.Parsing;

public sealed class IdentifiersTests
{
    [Fact]
    public void Texts_stand_for_the_uuids_the_vectors_say()
    {
        Assert.All(Spec.Read("vectors/hashing.json").GetProperty("ids").EnumerateArray(), vector =>
            Assert.Equal(vector.GetProperty("uuid").GetString(), Identifiers.Of(Encoding.UTF8.GetBytes(vector.GetProperty("text").GetString()!)).ToString()));
    }

    [Fact]
    public void A_hashed_id_is_of_version_8_and_the_variant_of_the_rfc()
    {
        var id = Identifiers.Of("nanoid"u8);
        Assert.Equal(8, id.Version);
        Assert.InRange(id.Variant, 8, 11);
    }
}
