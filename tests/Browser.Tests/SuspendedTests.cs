using Microsoft.Playwright;

namespace Connect.Browser.Tests;

[Collection(Browsing.Name)]
public sealed class SuspendedTests(World world)
{
    [Fact]
    public async Task A_declined_top_up_is_told_at_once_and_a_new_card_brings_it_back()
    {
        await world.Reset(250, World.DeclinedCard);
        var page = await world.SignedIn();
        await page.Loaded("Campaigns");
        await page.ShowsCredits("250");
        await page.Says("banner", "");
        await world.SetAutoTopUp(enabled: true, threshold: 300, credits: 1_000);
        await page.Mentions("banner", "Auto top-up is paused: The bank declined the card ending 0341. Nothing was charged.");
        await page.IsAccessible();
        await page.Shot("36-banner");

        await page.Link("Update the card").ClickAsync();
        await page.Loaded("Setup auto top-up");
        await page.Says("banner", "");
        await page.Mentions("cure", "It goes on by itself when you add another card");
        var lastAttempt = page.GetByTestId("last-attempt").Locator("a");
        var before = await lastAttempt.GetAttributeAsync("href");
        await page.Button("Try again").ClickAsync();
        await Assertions.Expect(lastAttempt).Not.ToHaveAttributeAsync("href", before!);
        await page.Mentions("state", "Paused: The bank declined the card ending 0341.");
        await page.Button("Update card").First.ClickAsync();
        await page.TypeCard("5555555555554444");
        await page.Loaded("Setup auto top-up");
        await Assertions.Expect(page.GetByText("Mastercard ending 4444 is saved and is the default now.")).ToBeVisibleAsync();
        await page.ShowsCredits("1,250");
        await page.Says("state", "The balance of 1,250 is not below the threshold of 300.");
        await page.Mentions("last-attempt", "1,000 credits added");
        await Assertions.Expect(page.GetByTestId("cure")).ToHaveCountAsync(0);
        await page.IsAccessible();
        await page.GotoAsync("/campaigns");
        await page.ShowsCredits("1,250");
        await page.Says("banner", "");
        Assert.Equal(1_250, await world.Available());
    }

    [Fact]
    public async Task At_the_monthly_cap_only_a_higher_cap_is_offered_and_it_helps()
    {
        await world.Reset(250);
        await world.SetAutoTopUp(enabled: true, threshold: 300, credits: 1_000);
        var page = await world.SignedIn(path: "/credits/auto-top-up");
        await page.ShowsCredits("1,250");
        var spent = (await world.Credits()).GetProperty("autoTopUp").GetProperty("spentThisMonth").GetProperty("amount").GetInt64();
        var price = await world.Price(1_300);
        await world.SetAutoTopUp(enabled: true, threshold: 1_300, credits: 1_300, monthlyCap: spent + price - 1);
        await page.Mentions("state", "Paused: ");
        await page.Mentions("cure", "or at once when you raise the monthly cap and save");
        await page.Mentions("spent", $"of A${(spent + price - 1) / 100m:N2}");
        await Assertions.Expect(page.Button("Try again")).ToHaveCountAsync(0);
        await page.Shot("37-cap");

        await page.ReloadAsync();
        await page.Loaded("Setup auto top-up");
        await page.GetByLabel("Monthly cap").FillAsync("9000");
        await page.Button("Save").ClickAsync();
        await page.ShowsCredits("2,550");
    }

    [Fact]
    public async Task Without_a_card_it_pauses_and_says_to_add_one()
    {
        await world.Reset(250, card: null);
        await world.SetAutoTopUp(enabled: true, threshold: 300, credits: 1_000);
        var page = await world.SignedIn(path: "/credits/auto-top-up");
        await page.Mentions("cure", "It goes on by itself when you add a card.");
        await Assertions.Expect(page.Button("Add a card")).ToBeVisibleAsync();
        await Assertions.Expect(page.Button("Try again")).ToHaveCountAsync(0);
        await world.SaveCard(World.GoodCard);
        await page.ShowsCredits("1,250");
    }

    [Fact]
    public async Task A_bank_that_wants_its_owner_pauses_it_until_the_owner_has_bought()
    {
        await world.Reset(250, World.AskingCard);
        await world.SetAutoTopUp(enabled: true, threshold: 300, credits: 1_000);
        var page = await world.SignedIn(path: "/credits/auto-top-up");
        await page.Mentions("cure", "or when you buy credits yourself once with this card");
        await Assertions.Expect(page.Button("Try again")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "Buy credit" }).Last.ClickAsync();
        await page.Loaded("Buy credit");
        await page.Button("Buy credits").ClickAsync();
        await page.Button("Approve").ClickAsync();
        await Assertions.Expect(page.Heading("1,000 credits added")).ToBeVisibleAsync();
        await page.Says("banner", "");
        Assert.NotEqual("suspended", (await world.Credits()).GetProperty("autoTopUp").GetProperty("state").GetString());
    }
}
