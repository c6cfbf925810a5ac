using Microsoft.Playwright;

namespace Connect.Browser.Tests;

[Collection(Browsing.Name)]
public sealed class SmallScreenTests(World world)
{
    private const int Phone = 390;

    [Fact]
    public async Task A_phone_shows_every_page_without_scrolling_sideways()
    {
        await world.Reset(1_000_000);
        var page = await world.SignedIn(width: Phone);
        foreach (var (path, heading) in new[]
        {
            ("/campaigns", "Campaigns"), ("/campaigns/new", "New campaign"), ("/credits/buy", "Buy credit"), ("/credits/auto-top-up", "Setup auto top-up"),
            ("/cards", "Cards"), ("/purchases", "Purchases"), ("/automations", "Automations"), ("/automations/welcome", "welcome"), ("/opt-outs", "Opt-outs"), ("/settings", "Settings"),
            ("/alerts", "Alerts"),
        })
        {
            await page.Follow(path);
            await page.Loaded(heading);
            await page.ShowsCredits("1,000,000");
            await page.FitsItsWindow();
            await page.IsAccessible();
            await page.Shot("20-phone" + path.Replace('/', '-'));
        }
        await page.PanelIsReady();
        await page.CreditsButton().ClickAsync();
        await Assertions.Expect(page.CreditsPanel()).ToBeVisibleAsync();
        await page.FitsItsWindow();
        await page.Shot("21-phone-panel");
    }

    [Theory]
    [InlineData(1_280)]
    [InlineData(Phone)]
    public async Task A_name_that_is_one_long_word_stays_within_the_window(int width)
    {
        await world.Reset(250);
        var draft = await world.Draft(new string('W', 100), "Hello.", 1);
        var page = await world.SignedIn(path: $"/campaigns/{draft}", width: width);
        await page.Loaded(new string('W', 100));
        await page.FitsItsWindow();
        await world.Cancel(draft);
    }

    [Fact]
    public async Task Nothing_is_loaded_from_another_host()
    {
        var page = await world.Open(Phone);
        var strangers = new List<string>();
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(world.Address + "/", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
                strangers.Add(request.Url);
        };
        await page.GotoAsync("/sign-in?ReturnUrl=/credits/buy");
        await page.FitsItsWindow();
        await page.Shot("20-phone-sign-in");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ada Admin" }).ClickAsync();
        await page.Loaded("Buy credit");
        Assert.Empty(strangers);
    }
}
