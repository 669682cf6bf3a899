using System.Text.Json.Nodes;

namespace TelemetryKit.Support.Stripe;

/// <summary>A line of an invoice, or an item for the next one.</summary>
/// <param name="Price">The price.</param>
/// <param name="Item">The id of the item of the subscription.</param>
/// <param name="Cents">The amount.</param>
/// <param name="Quantity">The quantity.</param>
/// <param name="From">The start of the period, in Unix seconds.</param>
/// <param name="To">The end of the period.</param>
/// <param name="IsProration">Whether it follows from a change within a period.</param>
/// <param name="IsUsage">Whether the quantity is what a meter counted.</param>
internal sealed record InvoiceLine(
    JsonObject Price, string Item, long Cents, long Quantity, long From, long To, bool IsProration, bool IsUsage)
{
    /// <summary>Returns a line for a whole period or, with a fraction, for a part of one.</summary>
    public static InvoiceLine Licensed(JsonObject item, JsonObject price, decimal fraction, long from, long to, bool isProration)
    {
        var quantity = item.Number("quantity") ?? 1;
        var cents = (price.Decimal("unit_amount_decimal") ?? 0) * quantity * fraction;
        return new(price, item.Text("id")!, Round(cents), quantity, from, to, isProration, IsUsage: false);
    }

    /// <summary>Returns a line for what a meter counted.</summary>
    public static InvoiceLine Metered(string item, JsonObject price, long quantity, long from, long to) =>
        new(price, item, Round((price.Decimal("unit_amount_decimal") ?? 0) * quantity), quantity, from, to, false, IsUsage: true);

    /// <summary>Writes the line into the shape of Stripe.</summary>
    public JsonObject Render(string id, string invoice, string subscription)
    {
        var line = Shapes.New("line_item");
        line["id"] = id;
        line["invoice"] = invoice;
        line["subscription"] = subscription;
        line["amount"] = Cents;
        line["subtotal"] = Cents;
        line["description"] = Price.Text("lookup_key") ?? Price.Text("id");
        line["quantity"] = Quantity;
        line["period"] = new JsonObject { ["start"] = From, ["end"] = To };
        line["pricing"] = new JsonObject
        {
            ["type"] = "price_details", ["unit_amount_decimal"] = Price.Text("unit_amount_decimal"),
            ["price_details"] = new JsonObject { ["price"] = Price.Text("id"), ["product"] = Price.Text("product") },
        };
        line["parent"] = new JsonObject
        {
            ["type"] = "subscription_item_details", ["invoice_item_details"] = null,
            ["subscription_item_details"] = new JsonObject
            {
                ["invoice_item"] = null, ["proration"] = IsProration, ["proration_details"] = null, ["subscription"] = subscription,
                ["subscription_item"] = Item,
            },
        };
        line["_usage"] = IsUsage;
        return line;
    }

    private static long Round(decimal cents) => (long)Math.Round(cents, MidpointRounding.AwayFromZero);
}
