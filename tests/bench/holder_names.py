"""Names of invented people for the holder match: common names of each language, drawn together by chance.

A row of given names or surnames holds ways to write one name that people of that language meet in their papers; the
first is the one in the passport. What romanisations mix up is as in: ICAO Doc 9303-3 section 6 (tables), BGN/PCGN and
GOST for Russian, Pinyin, Wade-Giles and Cantonese habits for Chinese, the Royal Thai General System and its everyday
neighbours for Thai, and the many Latin spellings of Arabic names.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """Names of one language. Words of a row are parted by `/`."""

    name: str
    surnames: tuple[str, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    given_most: int = 2
    """At most so many given names."""
    double_surname: bool = False
    single_name: bool = False
    """Many people have one name only."""


def _row(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LANGUAGES = (
    Language(
        "thai",
        _row("Suwannarat/Suvannarat Chaiyaphon/Chaiyapol/Chaiphon Srisuk/Srisook/Sisuk Thongdee/Tongdee/Thongdi "
             "Wongsawat/Wongsawad Boonmee/Bunmi/Boonmi Phromwong/Promwong Kaewmanee/Kaeomani/Kaewmani "
             "Rattanakosin/Ratanakosin Saelim/Saelim Jaroensuk/Charoensuk/Charoensook Intharaprasit/Intaraprasit "
             "Petcharat/Phetcharat Sombatsiri/Sombutsiri Limpaphan/Limpapan Khamdee/Kamdee Panyarachun/Panyarachun"),
        _row("Somsri/Somsi Malee/Mali Pimchanok/Phimchanok Kanokwan/Kanogwan Siriporn/Siriphon Nattaya/Natthaya "
             "Waraporn/Waraphon Jintana/Chintana Ratchanee/Ratchani Supaporn/Supaphon Orawan/Orawan "
             "Duangjai/Duangchai"),
        _row("Somchai/Somchay Prasert/Prasoet Kittisak/Kitisak Thanawat/Tanawat Nattapong/Natthaphong "
             "Wichai/Vichai Surachai/Surachay Anucha/Anucha Pongsak/Phongsak Chaiwat/Chaivat Teerapat/Thirapat"),
        given_most=1,
    ),
    Language(
        "chinese",
        _row("Wang/Wong Zhang/Chang/Cheung Chen/Chan Liu/Lau Huang/Wong Zhao/Chao Wu/Ng Zhou/Chow Xu/Hsu Sun/Suen Ma "
             "Zhu/Chu Hu Guo/Kuo Lin/Lam Gao/Kao Luo/Lo Zheng/Cheng Liang/Leung Xie/Hsieh Tang Han Cao/Tsao Deng/Teng"),
        _row("Xiuying Meilin Lihua Yanfang Guilan Yuzhen Xiaomei Jingyi Wenjing Xinyi Yuting Jiayi Haiyan Chunmei"),
        _row("Weiming Jianguo Zhiqiang Haoran Xiaolong Guoqiang Jianhua Yongjun Zihao Mingze Wenbo Chenguang Tao Lei"),
        given_most=1,
    ),
    Language(
        "arabic",
        _row("Al-Harbi/Alharbi/El-Harbi Al-Qahtani/Alqahtani/Al-Kahtani Al-Mansouri/Almansoori/El-Mansuri "
             "Khalifa/Khalifah Hussein/Husain/Hussain Abdullah/Abdallah/Abdulla Al-Shehri/Alshehri/Al-Shihri "
             "Haddad/Hadad Rahman/Rehman El-Sayed/Al-Sayyid/Elsayed Bakri/Bakry Nasser/Nasir/Naser Khoury/Khouri/Khuri "
             "Darwish/Darwich Al-Zahrani/Alzahrani Mahmoud/Mahmud Saleh/Salih Qasim/Kassem/Qassem"),
        _row("Fatima/Fatimah/Fatma Aisha/Ayesha/Aicha Maryam/Mariam Khadija/Khadijah Layla/Leila/Laila Noura/Nora/Nura "
             "Zainab/Zaynab/Zeinab Amina/Aminah Huda/Houda Salma/Selma Yasmin/Yasmeen Rania/Raniya"),
        _row("Mohammed/Muhammad/Mohamed/Mohamad Ahmed/Ahmad Youssef/Yousef/Yusuf Ibrahim/Ebrahim Khaled/Khalid "
             "Abdulrahman/Abdelrahman/Abdurrahman Omar/Umar Ali/Aly Hassan/Hasan Mustafa/Mostafa/Moustafa Tariq/Tarek "
             "Saeed/Said/Sayeed Faisal/Faysal"),
        given_most=3,
    ),
    Language(
        "russian",
        _row("Ivanov Kuznetsov/Kuznecov Sokolov Popov Lebedev Kozlov Novikov Morozov Petrov Volkov "
             "Solovyev/Solovev/Soloviev Vasilyev/Vasilev/Vasiliev Zaytsev/Zaitsev/Zajcev Pavlov Semyonov/Semenov "
             "Golubev Vinogradov Bogdanov Vorobyov/Vorobev/Vorobyev Fyodorov/Fedorov Mikhaylov/Mikhailov/Mihajlov "
             "Belyayev/Beliaev/Belyaev Tarasov Belov Komarov Orlov Kiselyov/Kiselev Makarov Andreyev/Andreev "
             "Khokhlov/Hohlov Shcherbakov/Scherbakov Chernyshevskiy/Chernyshevskii/Chernyshevsky"),
        _row("Yekaterina/Ekaterina Yelena/Elena Yuliya/Iuliia/Yulia/Julia Nataliya/Nataliia/Natalia "
             "Mariya/Mariia/Maria "
             "Kseniya/Kseniia/Ksenia/Xenia Anastasiya/Anastasiia/Anastasia Olga Tatyana/Tatiana Irina "
             "Svetlana Yevgeniya/Evgeniia/Evgenia Sofya/Sofia Alyona/Alena"),
        _row("Sergey/Sergei/Sergej Aleksandr/Alexander/Alexandr Aleksey/Aleksei/Alexey Dmitriy/Dmitrii/Dmitry/Dmitri "
             "Andrey/Andrei Yevgeniy/Evgenii/Evgeny Yuriy/Iurii/Yuri/Yury Mikhail/Mihail Nikolay/Nikolai Vladimir "
             "Vasiliy/Vasilii/Vasily Maksim/Maxim Fyodor/Fedor Ilya/Ilia"),
        given_most=2,
    ),
    Language(
        "german",
        _row("Müller Schröder Weiß Köhler Jäger Groß Schäfer Krüger Böhm Vogel Becker Hoffmann Schulz Lindner Strauß "
             "Hübner Döring Günther Meyer/Meier/Maier Schmidt/Schmitt Fuchs Winter Lange Brandt "
             "Pfeiffer/Pfeifer Engel"),
        _row("Anna Jürgine Käthe Bärbel Ursula Heike Sabine Monika Johanna Friederike Lena Greta Mathilde "
             "Süsanne Petra"),
        _row("Jürgen Günter/Günther Björn Hans Karl/Carl Friedrich Wolfgang Matthias/Mathias Jörg "
             "Stefan/Stephan Dieter "
             "Lukas/Lucas Maximilian Konrad/Conrad Uwe"),
        given_most=3,
    ),
    Language(
        "iberian",
        _row("García Rodríguez Fernández López Martínez González Sánchez Pérez Gómez Núñez Ibáñez Peña Muñoz Ordóñez "
             "Silva Santos Oliveira Pereira Conceição Gonçalves Magalhães Brandão Simões Teixeira Carvalho Araújo"),
        _row("María Carmen José/Josefa Ángeles Lucía Inês Conceição Beatriz Begoña Íñiga Mercedes Sofía Fátima "
             "Antónia"),
        _row("José João Íñigo Andrés Jesús Sebastião Luís/Luiz Álvaro Joaquín António/Antônio Rubén Martín Tomás"),
        given_most=3,
        double_surname=True,
    ),
    Language(
        "indonesian",
        _row("Suharto/Soeharto Sukarno/Soekarno Wahyudi Setiawan Hidayat Nugroho Santoso Wibowo Kusuma Gunawan "
             "Prasetyo/Prasetio Susanto Hartono Saputra Suryadi/Soeryadi Widodo Purnomo Sutrisno/Soetrisno"),
        _row("Dewi Siti Sri Ayu Indah Ratna Wulandari Lestari Puspita Kartika Yuliana Fitriani Megawati Nurhayati"),
        _row("Budi Agus Eko Joko/Djoko Slamet Bambang Hendra Rudi/Rudy Dedi/Dedy Wawan Yudi Teguh Suparman Kuncoro"),
        given_most=2,
        single_name=True,
    ),
    Language(
        "nordic",
        _row("Þórsdóttir Jónsson Guðmundsson Björnsdóttir Sigurðsson Ólafsdóttir Magnússon Lindqvist/Lindkvist "
             "Sørensen Ødegård Åkerström Bjørnstad Nygård Hägglund Kjærgaard Østergaard Strömberg Hansen Larsson"),
        _row("Þórunn Guðrún Sigríður Björk Åsa Maja Elin Kristín Æsa Jórunn Ragnhild Solveig/Solveigh Ingeborg Freyja"),
        _row("Þór Guðjón Sigurður Björn Åke Ragnar Erik/Eric Kristján Søren Håkon Einar Magnus Øystein Gunnar"),
        given_most=2,
    ),
    Language(
        "vietnamese",
        _row("Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trịnh"),
        _row("Thị Mai Lan Hương Thảo Linh Ngọc Phương Trang Yến Hạnh Quỳnh Thu Bích"),
        _row("Văn Minh Đức Hùng Tuấn Quang Hải Long Thành Trung Việt Khánh Phúc Bảo"),
        given_most=3,
    ),
    Language(
        "indian",
        _row("Sharma Patel Singh Kumar Iyer/Aiyar Reddy/Reddi Mukherjee/Mukherji/Mookerjee Chatterjee/Chatterji Gupta "
             "Nair/Nayar Krishnamurthy/Krishnamoorthy Venkataraman/Venkatraman Banerjee/Banerji "
             "Subramaniam/Subramanian "
             "Choudhary/Chaudhari/Chowdhury Agarwal/Aggarwal Joshi Desai"),
        _row("Lakshmi/Laxmi Priya Anjali Kavitha/Kavita Sunita/Suneeta Deepa/Dipa Meenakshi/Minakshi Radha Saraswathi "
             "Geetha/Gita/Geeta Usha Padmini Shanti/Shanthi"),
        _row("Ramesh Suresh Rajesh Vijay Sanjay/Sanjai Arun Ganesh Anand Sridhar/Sreedhar Mohan Prakash Dinesh "
             "Raghunath Balakrishnan/Balakrishna Venkatesh"),
        given_most=2,
    ),
    Language(
        "english",
        _row("O'Connor McDonald/MacDonald Smith Johnson Williams Brown Taylor Wilson Anderson Thompson/Thomson "
             "Clarke/Clark "
             "Fitzgerald/FitzGerald Hughes Bennett/Bennet Phillips/Philips Montgomery Whitfield Ashworth "
             "Blackwood Marsh"),
        _row("Catherine/Katherine/Kathryn Sarah/Sara Elizabeth Anne/Ann/Anna Margaret Jessica Emily Rachel Charlotte "
             "Olivia Rebecca Victoria Hannah Alice"),
        _row("Stephen/Steven Geoffrey/Jeffrey Philip/Phillip Nicholas William James Christopher Matthew "
             "Jonathan/Jonathon "
             "Edward Robert George Thomas Andrew"),
        given_most=3,
    ),
    Language(
        "dutch",
        _row("van.der.Berg/Vandenberg de.Vries/Devries van.Dijk/van.Dyk Jansen/Janssen van.den.Heuvel ter.Horst "
             "de.la.Cruz van.Leeuwen Visser Bakker Kuipers/Kuypers Mulder Hendriks Dekker Brouwer"),
        _row("Johanna Maria Saskia Wilhelmina Marijke/Maryke Femke Annelies Geertruida Lotte Sanne Liesbeth Hendrika"),
        _row("Johannes Pieter Willem Hendrik Cornelis Jeroen Maarten Gerrit Dirk Theodorus/Theodoor Sander Koen"),
        given_most=3,
    ),
)  # fmt: skip
"""A dot inside a word stands for a space."""
