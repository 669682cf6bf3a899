using System.Globalization;
using System.Text;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Erasures;

/// <summary>Creates the signed receipts of erasures.</summary>
internal sealed class Receipts(ReceiptKeys keys)
{
    /// <summary>Returns the receipt of an erasure as it is now.</summary>
    public async ValueTask<ReceiptBody> OfAsync(Erasure erasure, CancellationToken cancellationToken)
    {
        var state = erasure.DoneAt is null ? "waiting" : "done";
        var (signature, keyId) = await keys.SignAsync(id => Text(erasure, state, id), cancellationToken);
        return new(
            erasure.Id, erasure.ProjectId, erasure.AskedAt, state, erasure.DoneAt, erasure.DoneAt is null ? null : erasure.Events,
            signature, keyId);
    }

    // The text of PROTOCOL.md, section 8: each member as in the JSON, in this order, those that are absent left out.
    private static string Text(Erasure erasure, string state, string keyId)
    {
        var text = new StringBuilder();
        Line("id", erasure.Id.ToString());
        Line("project", erasure.ProjectId.ToString());
        Line("asked_at", UtcTimeConverter.Format(erasure.AskedAt));
        Line("state", state);
        if (erasure is { DoneAt: { } doneAt, Events: { } events })
        {
            Line("done_at", UtcTimeConverter.Format(doneAt));
            Line("events_erased", events.ToString(CultureInfo.InvariantCulture));
        }

        Line("key_id", keyId);
        return text.ToString();

        void Line(string name, string value) => text.Append(name).Append('=').Append(value).Append('\n');
    }
}
