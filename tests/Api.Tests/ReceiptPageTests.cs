using Connect.Api.Application;
using Connect.Api.Receipts;
using Connect.Purchases;

namespace Connect.Api.Tests;

public sealed class ReceiptPageTests
{
    private static readonly ReceiptOptions Seller = new() { Seller = "A <script>alert(1)</script> & Co", Abn = "12 345 678 901", Address = "1 \"Quay\"", Contact = "<a href='x'>" };

    private static readonly PurchaseView Purchase = new()
    {
        Id = "p1", Status = PurchaseStatus.Succeeded, State = "Credited", Credits = 1_000, Total = Money.Aud(9_790), RequestedAt = new(2026, 11, 22, 13, 30, 0, TimeSpan.Zero), Automatic = true,
        Price = new() { Credits = 1_000, UnitPrice = 0.089m, Subtotal = Money.Aud(8_900), Tax = Money.Aud(890), Total = Money.Aud(9_790) },
        Card = new() { Id = "pm_1", Brand = "<i>visa", Last4 = "4242", ExpMonth = 1, ExpYear = 2030, IsDefault = true },
    };

    [Fact]
    public void Whatever_it_is_told_is_escaped()
    {
        var page = ReceiptPage.Render(Seller, "<account>", Purchase, null);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<account>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<i>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<a href", page, StringComparison.Ordinal);
        Assert.Contains("A &lt;script&gt;", page, StringComparison.Ordinal);
        Assert.Contains("1 &quot;Quay&quot;", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_date_is_that_of_the_sellers_time_zone_with_its_offset()
    {
        Assert.Contains("23 November 2026, 00:30 (UTC&#x2B;11:00)", ReceiptPage.Render(Seller, "a", Purchase, null), StringComparison.Ordinal);
        var winter = Purchase with { RequestedAt = new(2026, 6, 30, 13, 30, 0, TimeSpan.Zero) };
        Assert.Contains("30 June 2026, 23:30 (UTC&#x2B;10:00)", ReceiptPage.Render(Seller, "a", winter, null), StringComparison.Ordinal);
    }

    [Fact]
    public void Refunds_that_failed_or_were_never_made_are_not_on_it()
    {
        var at = Purchase.RequestedAt;
        RefundBody Refund(string id, RefundStatus status, long amount) => new(id, status, Money.Aud(amount), at, 0);
        var page = ReceiptPage.Render(Seller, "a", Purchase, new(Money.Aud(300), 0,
            [Refund("re_1", RefundStatus.Succeeded, 100), Refund("re_2", RefundStatus.Pending, 200), Refund("re_3", RefundStatus.Failed, 7_777)], Disputed: false));
        Assert.Contains("A$1.00", page, StringComparison.Ordinal);
        Assert.Contains("On its way", page, StringComparison.Ordinal);
        Assert.DoesNotContain("77.77", page, StringComparison.Ordinal);
        Assert.Contains("A$94.90", page, StringComparison.Ordinal);
        Assert.Contains("GST in it</th><td class=\"n\">A$8.63<", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1_055, 96, 1_055, 96)]
    [InlineData(1_055, 96, 722, 66)]
    [InlineData(1_055, 96, 11, 1)]
    [InlineData(1_055, 96, 5, 0)]
    [InlineData(1_055, 96, 0, 0)]
    [InlineData(99_999_999, 9_090_909, 99_999_998, 9_090_909)]
    [InlineData(200, 1, 100, 1)]
    [InlineData(200, 0, 100, 0)]
    public void The_tax_in_what_is_left_is_its_share_of_the_tax_of_the_whole(long total, long tax, long left, long inIt)
    {
        var price = Purchase.Price! with { Total = Money.Aud(total), Tax = Money.Aud(tax), Subtotal = Money.Aud(total - tax) };
        Assert.Equal(Money.Aud(inIt), ReceiptPage.TaxIn(Money.Aud(left), price));
    }
}
