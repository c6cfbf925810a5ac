using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Connect.Browser.Tests;

[Collection(Browsing.Name)]
public sealed class BuyTests(World world)
{
    [Fact]
    public async Task Buying_with_the_saved_card_adds_the_credits_at_once()
    {
        await world.Reset(250);
        var page = await Open();
        await page.Mentions("saved-card", "Visa ending 4242");
        await page.Mentions("saved-card", "Expires 12/2040");
        await page.GetByLabel("Number of SMS credits").FillAsync("1,000");
        await Assertions.Expect(page.GetByText("This price holds until")).ToBeVisibleAsync();
        var total = await page.GetByTestId("total").TextContentAsync();
        await page.IsAccessible();
        await page.Shot("03-buy");
        await page.Button("Buy credits").ClickAsync();
        await Assertions.Expect(page.Heading("1,000 credits added")).ToBeVisibleAsync();
        await Assertions.Expect(page.Heading("1,000 credits added")).ToBeFocusedAsync();
        await page.Mentions("bought", $"{total} was charged to your card.");
        await page.ShowsCredits("1,250");
        Assert.Equal(1_250, await world.Available());
        await page.IsAccessible();
        await page.Shot("04-bought");
    }

    [Fact]
    public async Task A_declined_card_says_so_moves_no_money_and_another_card_helps()
    {
        await world.Reset(250, World.DeclinedCard);
        var page = await Open();
        await page.Mentions("saved-card", "Visa ending 0341");
        await page.Button("Buy credits").ClickAsync();
        var alert = page.GetByRole(AriaRole.Alert);
        await Assertions.Expect(alert).ToBeFocusedAsync();
        await Assertions.Expect(alert).ToContainTextAsync("The card was declined");
        await Assertions.Expect(alert).ToContainTextAsync("Nothing was charged. Use another card or ask your bank.");
        await page.IsAccessible();
        await page.Shot("05-declined");
        Assert.Equal(250, await world.Available());

        await page.Button("Use another card").ClickAsync();
        await page.TypeCard("5555555555554444");
        await page.Loaded("Buy credit");
        await Assertions.Expect(page.GetByText("Mastercard ending 4444 is saved and is the default now.")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Radio, new() { Name = "Mastercard ending 4444" })).ToBeCheckedAsync();
        await page.Shot("06-card-added");
        await page.Button("Buy credits").ClickAsync();
        await Assertions.Expect(page.Heading("1,000 credits added")).ToBeVisibleAsync();
        Assert.Equal(1_250, await world.Available());
    }

    [Fact]
    public async Task Without_a_card_the_only_way_on_is_to_add_one()
    {
        await world.Reset(250, card: null);
        var page = await Open();
        await Assertions.Expect(page.Button("Buy credits")).ToBeDisabledAsync();
        await Assertions.Expect(page.GetByText("No card is saved yet.")).ToBeVisibleAsync();
        await page.Button("Add a new card").ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Cancel and go back" }).ClickAsync();
        await page.Loaded("Buy credit");
        await Assertions.Expect(page.Button("Buy credits")).ToBeDisabledAsync();
    }

    [Fact]
    public async Task A_quantity_that_is_not_sold_says_why_at_its_field()
    {
        var page = await Open();
        var field = page.GetByLabel("Number of SMS credits");
        foreach (var (typed, error) in new[]
        {
            ("", "Enter a number of credits."),
            ("0", "Enter 1 or more."),
            ("-5", "Enter 1 or more."),
            ("abc", "Enter a whole number, such as 1,000."),
            ("1.5", "Enter a whole number, such as 1,000."),
            ("99", "One purchase is 100 to 1,000,000 credits."),
            ("99999999999999999999", "That is more than can be bought at once."),
            ("1000001", "One purchase is 100 to 1,000,000 credits."),
        })
        {
            await field.FillAsync(typed);
            await Assertions.Expect(page.Locator("#quantity-error")).ToHaveTextAsync(error);
            await Assertions.Expect(field).ToHaveAttributeAsync("aria-invalid", "true");
            await Assertions.Expect(field).ToHaveAttributeAsync("aria-describedby", new Regex("quantity-error"));
            await Assertions.Expect(page.Button("Buy credits")).ToBeDisabledAsync();
        }
        await page.IsAccessible();
    }

    [Fact]
    public async Task More_credits_that_cost_less_are_offered_and_the_price_list_is_there()
    {
        await world.Reset(250);
        var page = await Open();
        await page.GetByLabel("Number of SMS credits").FillAsync("990");
        await page.Mentions("nudge", "1,000 credits cost less in total: A$");
        await page.Button("See SMS pricing").ClickAsync();
        await Assertions.Expect(page.Locator("#price-table .yours")).ToHaveCountAsync(1);
        await page.IsAccessible();
        await page.Shot("07-nudge-and-prices");
        await page.Button("Buy 1,000 instead").ClickAsync();
        await Assertions.Expect(page.GetByTestId("nudge")).ToHaveCountAsync(0);
        await Assertions.Expect(page.GetByLabel("Number of SMS credits")).ToHaveValueAsync("1,000");
    }

    [Fact]
    public async Task A_price_that_no_longer_holds_is_shown_again_before_anything_is_charged()
    {
        await world.Reset(250);
        var page = await Open();
        await Assertions.Expect(page.GetByText("This price holds until")).ToBeVisibleAsync();
        await world.Advance(TimeSpan.FromMinutes(16));
        await page.Button("Buy credits").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The price you were shown no longer holds, so nothing was charged.");
        Assert.Equal(250, await world.Available());
        await Assertions.Expect(page.GetByText("This price holds until")).ToBeVisibleAsync();
        await page.Button("Buy credits").ClickAsync();
        await Assertions.Expect(page.Heading("1,000 credits added")).ToBeVisibleAsync();
        Assert.Equal(1_250, await world.Available());
    }

    private async Task<IPage> Open()
    {
        var page = await world.SignedIn(path: "/credits/buy");
        await page.Loaded("Buy credit");
        return page;
    }
}
