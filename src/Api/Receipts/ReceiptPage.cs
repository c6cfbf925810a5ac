using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Connect.Api.Application;
using Connect.Api.Components;
using Connect.Purchases;

namespace Connect.Api.Receipts;

/// <summary>A receipt as one page of HTML without script, to be read on a screen and printed on one sheet. Pure. Whatever it is told is escaped.</summary>
public static class ReceiptPage
{
    private const string Style =
        """
        :root { color-scheme: light }
        body { font: 16px/1.5 system-ui, sans-serif; color: #1b1b1f; background: #fff; margin: 0 }
        main { max-width: 42rem; margin: 0 auto; padding: 2rem 1.25rem }
        h1 { font-size: 1.75rem; margin: 0 0 1.5rem } h2 { font-size: 1.125rem; margin: 2rem 0 .5rem }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem; margin: 0 } dt { color: #55555e } dd { margin: 0; overflow-wrap: anywhere }
        table { width: 100%; border-collapse: collapse; margin-top: 1.5rem } th, td { text-align: left; padding: .5rem 0; border-bottom: 1px solid #d0d0d8 }
        .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; padding-left: 1rem } .sum th, .sum td { font-weight: 700; border-bottom: 2px solid #1b1b1f }
        footer { margin-top: 2rem; color: #55555e; font-size: .875rem }
        @media (max-width: 30rem) { dl { grid-template-columns: 1fr } dd { margin-bottom: .5rem } }
        @media print { @page { margin: 20mm } main { padding: 0; max-width: none } tr { break-inside: avoid } }
        """;

    /// <summary>The page of a purchase that was paid; its price is known.</summary>
    public static string Render(ReceiptOptions seller, string accountId, PurchaseView purchase, MoneyBackBody? moneyBack)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(seller.TimeZone);
        var price = purchase.Price!;
        var currency = price.Total.Currency;
        var html = new StringBuilder();
        html.Append("<!DOCTYPE html>\n<html lang=\"en-AU\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.Append(CultureInfo.InvariantCulture, $"<title>Receipt {Text(Number(purchase))}</title>\n<style>\n{Style}\n</style>\n</head>\n");
        html.Append("<body>\n<main>\n<h1>Tax invoice and receipt</h1>\n<dl>\n");
        Term(html, "Receipt number", Number(purchase));
        Term(html, "Date", When(purchase.RequestedAt, zone));
        Term(html, "Seller", seller.Seller!);
        Term(html, "ABN", seller.Abn!);
        if (seller.Address is { Length: > 0 } address) Term(html, "Address", address);
        Term(html, "Account", accountId);
        if (purchase.Card is { } card) Term(html, "Paid with", $"{Shown.Brand(card.Brand)} ending {card.Last4}");
        html.Append("</dl>\n<table>\n<thead>\n<tr><th scope=\"col\">Description</th><th scope=\"col\" class=\"n\">Unit price</th>");
        html.Append("<th scope=\"col\" class=\"n\">Amount</th></tr>\n</thead>\n<tbody>\n");
        var what = $"{Shown.Number(price.Credits)} SMS credits{(purchase.Automatic ? ", automatic top-up" : "")}";
        Row(html, what, Shown.UnitPrice(price.UnitPrice, currency), Shown.Amount(price.Subtotal));
        Row(html, "Subtotal, GST not included", "", Shown.Amount(price.Subtotal));
        Row(html, "GST", "", Shown.Amount(price.Tax));
        Row(html, "Total, GST included", "", Shown.Amount(price.Total), "sum");
        html.Append("</tbody>\n</table>\n");
        if (moneyBack is not null && moneyBack.Refunds.Any(Counts)) Refunds(html, moneyBack, price, zone);
        html.Append("<footer>");
        if (seller.Contact is { Length: > 0 } contact) html.Append(CultureInfo.InvariantCulture, $"Questions about this receipt: {Text(contact)}. ");
        html.Append(CultureInfo.InvariantCulture, $"Times are those of {Text(seller.TimeZone)}.</footer>\n</main>\n</body>\n</html>\n");
        return html.ToString();
    }

    private static void Refunds(StringBuilder html, MoneyBackBody moneyBack, Price price, TimeZoneInfo zone)
    {
        html.Append("<h2>Refunds</h2>\n<table>\n<thead>\n<tr><th scope=\"col\">Date</th><th scope=\"col\">State</th>");
        html.Append("<th scope=\"col\" class=\"n\">Amount</th></tr>\n</thead>\n<tbody>\n");
        foreach (var refund in moneyBack.Refunds.Where(Counts))
        {
            var state = refund.Status == RefundStatus.Succeeded ? "Refunded" : "On its way";
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(When(refund.At, zone))}</td><td>{state}</td>");
            html.Append(CultureInfo.InvariantCulture, $"<td class=\"n\">−{Text(Shown.Amount(refund.Amount))}</td></tr>\n");
        }

        var kept = price.Total with { Amount = price.Total.Amount - moneyBack.Refunded.Amount };
        Left(html, "Paid less refunds, GST included", kept, "sum");
        Left(html, "GST in it", TaxIn(kept, price), null);
        html.Append("</tbody>\n</table>\n");
    }

    /// <summary>The tax in what is left of a payment: its share of the tax of the whole, half a cent up, so that nothing is left of it with nothing left.</summary>
    public static Money TaxIn(Money left, Price price) =>
        left with { Amount = (long)Math.Round((decimal)left.Amount * price.Tax.Amount / price.Total.Amount, MidpointRounding.AwayFromZero) };

    private static void Left(StringBuilder html, string what, Money amount, string? style) => html.Append(CultureInfo.InvariantCulture,
        $"<tr{(style is null ? "" : $" class=\"{style}\"")}><th scope=\"row\" colspan=\"2\">{Text(what)}</th><td class=\"n\">{Text(Shown.Amount(amount))}</td></tr>\n");

    private static bool Counts(RefundBody refund) => refund.Status is RefundStatus.Processing or RefundStatus.Pending or RefundStatus.Succeeded;

    // Ids of purchases are unique in an account; with the account the number is unique for the seller.
    private static string Number(PurchaseView purchase) => $"R-{purchase.Id}";

    private static string When(DateTimeOffset at, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        return string.Create(CultureInfo.InvariantCulture, $"{local:d MMMM yyyy, HH:mm} (UTC{local:zzz})");
    }

    private static void Term(StringBuilder html, string term, string text) => html.Append(CultureInfo.InvariantCulture, $"<dt>{term}</dt><dd>{Text(text)}</dd>\n");

    private static void Row(StringBuilder html, string what, string unit, string amount, string? style = null) => html.Append(CultureInfo.InvariantCulture,
        $"<tr{(style is null ? "" : $" class=\"{style}\"")}><th scope=\"row\">{Text(what)}</th><td class=\"n\">{Text(unit)}</td><td class=\"n\">{Text(amount)}</td></tr>\n");

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);
}
