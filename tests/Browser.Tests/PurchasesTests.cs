using Microsoft.Playwright;

namespace Connect.Browser.Tests;

[Collection(Browsing.Name)]
public sealed class PurchasesTests(World world)
{
    [Fact]
    public async Task A_purchase_is_listed_with_a_receipt_that_shows_the_gst()
    {
        await world.Reset(250);
        await world.Buy(2_000);
        var page = await world.SignedIn(path: "/purchases");
        await page.Loaded("Purchases");
        var first = page.GetByTestId("purchase").First;
        await Assertions.Expect(first).ToContainTextAsync("2,000 credits Paid");
        await Assertions.Expect(first).ToContainTextAsync($"A${await world.Price(2_000) / 100m:N2}");
        await page.IsAccessible();
        await page.Shot("38-purchases");
        var receipt = await page.RunAndWaitForPopupAsync(() => first.GetByRole(AriaRole.Link).ClickAsync());
        await Assertions.Expect(receipt.Heading("Tax invoice and receipt")).ToBeVisibleAsync();
        await Assertions.Expect(receipt.GetByRole(AriaRole.Row, new() { Name = "GST A$" })).ToBeVisibleAsync();
        await receipt.IsAccessible();
        await receipt.Shot("39-receipt");
    }

    [Fact]
    public async Task More_than_a_page_comes_page_by_page_and_each_once()
    {
        await world.Reset(250);
        for (var bought = 0; bought < 21; bought++)
            await world.Buy(100);
        var page = await world.SignedIn(path: "/purchases");
        await page.Loaded("Purchases");
        var receipts = page.GetByRole(AriaRole.Link, new() { Name = "Receipt of" });
        await Assertions.Expect(receipts).ToHaveCountAsync(20);
        await page.Button("Show more").ClickAsync();
        await Assertions.Expect(receipts.Nth(20)).ToBeVisibleAsync();
        var addresses = await receipts.EvaluateAllAsync<string[]>("links => links.map(link => link.href)");
        Assert.Equal(addresses.Length, addresses.Distinct().Count());

        await page.GotoAsync("/credits/buy?purchase=0123456789abcdef01234567");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("There is no purchase here.");
    }
}
